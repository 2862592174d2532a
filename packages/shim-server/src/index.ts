export type { Invocation } from './bootstrap/invocation.ts';
export type { Remains, ShimEngine, ShimHost, ShimProgram, StartOptions } from './bootstrap/program.ts';
export { runShim } from './bootstrap/run-shim.ts';
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
export type { LogFields, Logger } from './log/logger.ts';
export type { LogLevel, SandshimConfig } from './options/sandshim-config.ts';
export { defaultConfig } from './options/sandshim-config.ts';
export { eventMessage, type TopicEvent } from './task/event-message.ts';
export type { ContainerRequest, TaskDeps } from './task/task-context.ts';
export { createTaskService, type TaskService } from './task/task-service.ts';
