export type { FakeControlReply, FakeControlRequest } from './fake-control-server.ts';
export { FakeControlServer } from './fake-control-server.ts';
export type { FakeRuleOptions, FakeVerb } from './fake-runtime.ts';
export { FakeRuntime, obedient } from './fake-runtime.ts';
export type { FakeStep } from './fake-steps.ts';
