export type { ComplianceSubject, ComplianceTest } from './compliance/index.ts';
export { runtimeCompliance } from './compliance/index.ts';
export { makeSubject } from './compliance/make-subject.ts';
export type { FakeRuleOptions, FakeVerb } from './fake-runtime.ts';
export { FakeRuntime, obedient } from './fake-runtime.ts';
export type { FakeStep } from './fake-steps.ts';
