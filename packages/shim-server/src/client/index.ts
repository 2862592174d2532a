export { type ConnectTaskOptions, connectTask, type TaskClient, type TaskConnection } from './connect-task.ts';
