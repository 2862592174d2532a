import { expectCount, expectRecord } from './expect.ts';

/** What `runsc wait` prints: `{"id": …, "exitStatus": …}`. The status is 128 + n when signal n ended the process. */
export function parseWaitResult(value: unknown, path = 'wait'): { readonly exitStatus: number } {
  return { exitStatus: expectCount(expectRecord(value, path)['exitStatus'], `${path}.exitStatus`) };
}
