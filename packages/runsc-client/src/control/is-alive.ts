import type { CallOptions } from '../runtime.ts';
import { ControlError } from './control-error.ts';
import { processIsThere } from './process-is-there.ts';
import type { LocatedSandbox } from './sandbox-locator.ts';

/** Whether a container that is recorded as created or running still is, by the same question that runsc asks. */
export async function isAlive({ record, dialect, client }: LocatedSandbox, call: CallOptions = {}): Promise<boolean> {
  const { container, sandboxPid, status } = record;
  if (dialect.liveness === 'signal') {
    if (status === 'created') return processIsThere(sandboxPid);
    if (status !== 'running') return true;
    return client.signal(container, { ...call, signo: 0, target: { kind: 'init' } }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ControlError && error.outcome === 'refused') return false;
        throw error;
      },
    );
  }
  if (status !== 'created' && status !== 'running') return true;
  return (await client.runtimeState(container, call)) !== 'stopped';
}
