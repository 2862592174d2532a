export type { SentSignal } from './fake-children.ts';
export { createFakeSys, type FakeSys } from './fake-sys.ts';
export type { RecordedCall } from './record-calls.ts';
