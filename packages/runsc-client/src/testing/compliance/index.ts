import { lifeCases } from './life-cases.ts';
import { processCases } from './process-cases.ts';
import { questionCases } from './question-cases.ts';
import type { ComplianceSubject } from './subject.ts';

export type { ComplianceSubject } from './subject.ts';

/** One test of the suite: a fact, and a check of it that throws if it does not hold. */
export interface ComplianceTest {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * What an implementation of `Runtime` must do, as tests for any test runner. Each makes a subject of its own, with an
 * empty root, and disposes of it.
 *
 * ```ts
 * for (const { name, run } of runtimeCompliance(makeSubject)) test(name, run);
 * ```
 */
export function runtimeCompliance(makeSubject: () => Promise<ComplianceSubject>): readonly ComplianceTest[] {
  return [...lifeCases, ...processCases, ...questionCases].map(({ name, check }) => ({
    name,
    run: async () => {
      await using subject = await makeSubject();
      await check(subject);
    },
  }));
}
