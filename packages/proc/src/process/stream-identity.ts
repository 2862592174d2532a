import { fstatSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { Fd, Pid, RuntimeStdio } from '@sandshim/runsc-client';

/** What a descriptor is open on, whoever has it: device and inode. */
export type StreamIdentity = string;

/** What each of a process's streams is; `undefined` where it has none. */
export type StreamIdentities = { readonly [Name in keyof RuntimeStdio]: StreamIdentity | undefined };

/** Takes note of `stdio` while its descriptors are open here. */
export function identitiesOf({ stdin, stdout, stderr }: RuntimeStdio): StreamIdentities {
  return { stdin: identityOf(stdin), stdout: identityOf(stdout), stderr: identityOf(stderr) };
}

/** The numbers of the descriptors that `pid` has of those streams; 0 to 2 are the process's own. */
export async function findDescriptors(
  pid: Pid,
  streams: StreamIdentities,
): Promise<{ readonly [Name in keyof RuntimeStdio]: number | undefined }> {
  const numbers = new Map<StreamIdentity, number>();
  for (const name of await readdir(`/proc/${pid}/fd`)) {
    // It may be closed by now.
    const found = await stat(`/proc/${pid}/fd/${name}`, { bigint: true }).catch(() => undefined);
    if (found !== undefined && Number(name) > 2) numbers.set(nameOf(found), Number(name));
  }
  const of = (identity: StreamIdentity | undefined) => (identity === undefined ? undefined : numbers.get(identity));
  return { stdin: of(streams.stdin), stdout: of(streams.stdout), stderr: of(streams.stderr) };
}

function identityOf(fd: Fd | null): StreamIdentity | undefined {
  return fd === null ? undefined : nameOf(fstatSync(fd, { bigint: true }));
}

function nameOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): StreamIdentity {
  return `${dev}:${ino}`;
}
