import { join } from 'node:path';
import { CliError, usageError } from '../errors/cli-error.ts';
import type { Host } from '../host/host.ts';

/** A user as the OCI process names it. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reads `-u`: `1000`, `1000:1000`, `www`, `www:www`. Names are looked up in the rootfs's own passwd and group.
 * @throws CliError `invalid_argument` for a name that is not there, or where the rootfs cannot be seen.
 */
export async function resolveUser(
  host: Host,
  options: { readonly user: string; readonly rootfs: string | undefined },
): Promise<ContainerUser> {
  const { user, rootfs } = options;
  const [name = '', group] = user.split(':');
  if (name === '') throw usageError(`--user ${JSON.stringify(user)} names nobody`);
  const passwd = await lookUp(host, { rootfs, file: 'etc/passwd', name });
  const uid = passwd?.[2] ?? numberOf(name);
  const gid =
    group === undefined
      ? (passwd?.[3] ?? 0)
      : ((await lookUp(host, { rootfs, file: 'etc/group', name: group }))?.[2] ?? numberOf(group));
  if (uid === undefined) throw unknownName('user', name);
  if (gid === undefined) throw unknownName('group', group ?? '');
  return { uid: Number(uid), gid: Number(gid) };
}

async function lookUp(
  host: Host,
  options: { readonly rootfs: string | undefined; readonly file: string; readonly name: string },
): Promise<readonly string[] | undefined> {
  if (options.rootfs === undefined) return undefined;
  const source = await host.readText(join(options.rootfs, options.file));
  const rows = (source ?? '').split('\n').map((line) => line.split(':'));
  return rows.find(([name, , id]) => name === options.name || id === options.name);
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function unknownName(kind: string, name: string): CliError {
  return new CliError('invalid_argument', `the container knows no ${kind} called ${name}`, {
    advice: `give its number: -u 1000:1000`,
  });
}
