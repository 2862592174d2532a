import type { CallOptions } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';

/** Runs one operation after the other, in the order they were asked for. */
export interface OperationQueue {
  /**
   * Settles as `operation` does. An operation whose signal aborts while it waits its turn is never begun and rejects
   * with `canceled`.
   */
  run<T>(operation: () => Promise<T>, options?: Pick<CallOptions, 'signal'>): Promise<T>;
}

/** An empty {@link OperationQueue}. An operation must bound itself: the next one waits for it. */
export function operationQueue(): OperationQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(operation, options) {
      const result = last.then(() => {
        if (options?.signal?.aborted) {
          throw new SandshimError('canceled', 'the call was canceled before its turn', {
            cause: options.signal.reason,
          });
        }
        return operation();
      });
      // The queue goes on after a failure; whoever asked for the operation sees it.
      last = result.catch(() => undefined);
      return result;
    },
  };
}
