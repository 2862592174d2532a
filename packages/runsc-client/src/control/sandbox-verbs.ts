import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions, ContainerState, KillOptions, WaitResult } from '../runtime.ts';
import type { SignalTarget } from './control-client.ts';
import { isAlive } from './is-alive.ts';
import { processIsThere } from './process-is-there.ts';
import type { LocatedSandbox } from './sandbox-locator.ts';

/*
 * runsc's commands, done on the control socket. Each answers `undefined` where the command line has to be used: mostly to
 * refuse in its own words.
 */

/** `runsc ps`. */
export async function listProcesses(
  sandbox: LocatedSandbox,
  options?: CallOptions,
): Promise<readonly number[] | undefined> {
  const { record, dialect, client } = sandbox;
  if (record.status !== 'running' && record.status !== 'paused') return undefined;
  const [alive, processes] = await Promise.all([
    !dialect.psFindsOut || isAlive(sandbox, options),
    client.processes(record.container, options),
  ]);
  return alive ? processes.map(({ pid }) => pid) : undefined;
}

/** `runsc state`. A recorded `running` is checked as runsc does. */
export async function containerState(
  sandbox: LocatedSandbox,
  options?: CallOptions,
): Promise<ContainerState | undefined> {
  const { record, version } = sandbox;
  const alive = await isAlive(sandbox, options);
  const status = alive ? record.status : 'stopped';
  const running = status === 'created' || status === 'running' || status === 'paused';
  return {
    ociVersion: version.spec,
    id: record.container,
    status,
    ...(running ? { pid: record.sandboxPid } : {}),
    bundle: record.bundle,
    annotations: record.annotations,
  };
}

/** `runsc kill`. */
export async function killProcesses(
  sandbox: LocatedSandbox,
  options: KillOptions & { readonly signo: number },
): Promise<{ readonly killed: true } | undefined> {
  const { record, client } = sandbox;
  const { signo, pid, all, ...call } = options;
  // runsc signals running containers alone, knows the 31 standard signals, and either all processes or one.
  if (record.status !== 'running' || !(signo >= 1 && signo <= 31) || !Number.isInteger(signo)) return undefined;
  if (pid !== undefined && (all === true || !Number.isInteger(pid) || pid < 1)) return undefined;
  if (pid !== undefined && !(await isAlive(sandbox, call))) return undefined;
  const target: SignalTarget =
    pid !== undefined ? { kind: 'process', pid } : all === true ? { kind: 'all' } : { kind: 'init' };
  await client.signal(record.container, { ...call, signo, target });
  return { killed: true };
}

/** `runsc wait`. */
export async function waitForEnd(
  { record, client }: LocatedSandbox,
  options: CallOptions & { readonly pid?: number },
): Promise<WaitResult | undefined> {
  const { pid, ...call } = options;
  if (pid !== undefined) return client.waitForProcess(record.container, { ...call, pid });
  const result = await client.wait(record.container, call);
  // For a root container runsc answers when its sandbox is gone as well.
  if (record.container === record.sandbox) await sandboxEnd(record.sandboxPid);
  return result;
}

// Bounded, as runsc's own: who does not reap the sandbox keeps it there for ever.
async function sandboxEnd(pid: number): Promise<void> {
  const pausesMs = [1, 2, 5, 10, 20, ...Array<number>(49).fill(100)];
  for (const pauseMs of pausesMs) {
    if (!processIsThere(pid)) return;
    await delay(pauseMs);
  }
}
