import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectTask } from '@sandshim/shim-server/client';
import type { Containerd } from './containerd/start.ts';

/** The pid of the shim that serves a task, whatever shim it is: it tells it itself. */
export async function shimPid(containerd: Containerd, id: string): Promise<number> {
  const socket = await socketOf(join(containerd.paths.bundles, containerd.namespace, id));
  await using connection = await connectTask(`unix://${socket}`, { namespace: containerd.namespace, version: 2 });
  return (await connection.task.connect({ id })).shimPid;
}

/** The path of the socket of a bundle's shim: from the file `address`, or containerd 2's bootstrap.json. */
export async function socketOf(bundle: string): Promise<string> {
  const plain = await readFile(join(bundle, 'address'), 'utf8').catch(() => undefined);
  const address = plain ?? addressIn(JSON.parse(await readFile(join(bundle, 'bootstrap.json'), 'utf8')));
  return address.replace(/^unix:\/\//, '');
}

function addressIn(bootstrap: unknown): string {
  if (typeof bootstrap === 'object' && bootstrap !== null && 'address' in bootstrap) return String(bootstrap.address);
  throw new Error(`no address in ${JSON.stringify(bootstrap)}`);
}
