export {
  type DecodedTaskEvent,
  type EventHook,
  MockEventsServer,
  type RecordedEvent,
} from './mock-events-server.ts';
export { RawTtrpcPeer } from './raw-peer.ts';
export { createSocketFolder, type SocketFolder } from './socket-folder.ts';
