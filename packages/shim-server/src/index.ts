export { type CreatePublisherOptions, createEventPublisher } from './events/create-publisher.ts';
export type { EventForwarder, ForwardResult } from './events/forwarder.ts';
export { type EventPublisher, nonePublisher, type PublishedEvent } from './events/publisher.ts';
export {
  defaultQueueLimits,
  type LostEvent,
  QueuedPublisher,
  type QueuedPublisherOptions,
  type QueueLimits,
} from './events/queued-publisher.ts';
