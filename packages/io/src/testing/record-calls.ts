import type { ErrnoName } from '../sys/errno.ts';
import type { Sys } from '../sys/index.ts';
import { failure } from './fake-open-file.ts';

/** One call, as it was made. */
export interface RecordedCall {
  readonly name: keyof Sys;
  readonly args: readonly unknown[];
}

/** A {@link Sys} that writes down its calls, and fails those that it was told to. */
export interface CallRecorder {
  readonly sys: Sys;
  readonly calls: RecordedCall[];
  failNext(name: keyof Sys, errno: ErrnoName): void;
}

/** Wraps `sys`. `after` is called after each call, failed or not. */
export function recordCalls(sys: Sys, after: () => void): CallRecorder {
  const calls: RecordedCall[] = [];
  const failures: { readonly name: keyof Sys; readonly errno: ErrnoName }[] = [];
  const enter = (name: keyof Sys, args: readonly unknown[]): void => {
    calls.push({ name, args });
    const index = failures.findIndex((planned) => planned.name === name);
    const [planned] = index < 0 ? [] : failures.splice(index, 1);
    if (planned !== undefined) throw failure(name, planned.errno);
  };
  const recorded = { ...sys };
  for (const name of callNames(sys)) {
    const call = (...args: unknown[]): unknown => {
      try {
        enter(name, args);
        return Reflect.apply(sys[name], sys, args);
      } catch (error) {
        if (returnsPromise.has(name)) return Promise.reject(error);
        throw error;
      } finally {
        after();
      }
    };
    Object.defineProperty(recorded, name, { value: call, enumerable: true });
  }
  const failNext = (name: keyof Sys, errno: ErrnoName): void => {
    failures.push({ name, errno });
  };
  return { sys: recorded, calls, failNext };
}

const returnsPromise: ReadonlySet<keyof Sys> = new Set(['mount', 'unmount', 'spliceOffThread', 'writeOffThread']);

function callNames(sys: Sys): (keyof Sys)[] {
  return Object.keys(sys).filter((name): name is keyof Sys => name in sys);
}
