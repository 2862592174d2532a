import { fchown } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Fd, parseFd } from '../ids.ts';
import type { StartExecOptions } from '../runtime.ts';
import type { RuntimeStdio } from '../stdio.ts';
import { execArguments } from './exec-arguments.ts';
import { type ExecutedProcess, execute } from './execute.ts';
import type { LocatedSandbox } from './sandbox-locator.ts';

const changeOwner = promisify(fchown);
// runsc goes on where a descriptor's owner cannot be changed for one of these reasons.
const harmless = new Set(['EINVAL', 'EPERM', 'EROFS']);

/** How the runsc commands are configured, as far as it counts for an exec. */
export interface ExecConfiguration {
  /** runsc's `--net-raw`: whether a process may have CAP_NET_RAW. */
  readonly netRaw: boolean;
  /** runsc's `--rootless`: then it does not change the owner of stdio. */
  readonly rootless: boolean;
}

/**
 * `runsc exec`, up to the start of the process. `undefined`: nothing was done, the command line has to do or refuse it.
 * @throws ControlError
 */
export async function startProcess(
  sandbox: LocatedSandbox,
  options: StartExecOptions & ExecConfiguration,
): Promise<ExecutedProcess | undefined> {
  const { record, dialect, client } = sandbox;
  const { process, stdio, netRaw, rootless, ...call } = options;
  // The recorded state is what runsc goes by: in a paused sandbox a new process would just stand still.
  if (record.status !== 'running' || client.sender === undefined) return undefined;
  const argument = execArguments(process, record, { dialect, netRaw });
  if (argument === undefined) return undefined;
  if (!rootless && !(await giveTo(record.owner, stdio))) return undefined;
  await using opened = await openStdio(stdio);
  return await execute(client, { ...call, process: argument, descriptors: opened.descriptors });
}

async function giveTo(owner: { readonly uid: number; readonly gid: number }, stdio: RuntimeStdio): Promise<boolean> {
  const given = new Set([stdio.stdin, stdio.stdout, stdio.stderr].filter((fd) => fd !== null));
  const results = await Promise.allSettled([...given].map((fd) => changeOwner(fd, owner.uid, owner.gid)));
  return results.every((result) => result.status === 'fulfilled' || harmless.has(String(result.reason?.code)));
}

interface OpenedStdio extends AsyncDisposable {
  readonly descriptors: readonly Fd[];
}

async function openStdio({ stdin, stdout, stderr }: RuntimeStdio): Promise<OpenedStdio> {
  const given = [stdin, stdout, stderr];
  const nothing: FileHandle | undefined = given.includes(null) ? await open('/dev/null', 'r+') : undefined;
  return {
    descriptors: given.flatMap((fd) => fd ?? (nothing === undefined ? [] : parseFd(nothing.fd))),
    [Symbol.asyncDispose]: async () => nothing?.close(),
  };
}
