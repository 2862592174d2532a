import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectTask } from '@sandshim/shim-server/client';
import type { Containerd } from './containerd/start.ts';

/** The pid of the shim that serves a task, whatever shim it is: asked of the shim itself, over ttrpc. */
export async function shimPid(containerd: Containerd, id: string): Promise<number> {
  const { namespace, paths } = containerd;
  await using connection = await connectTask(await addressOf(join(paths.bundles, namespace, id)), { namespace });
  return (await connection.task.connect({ id })).shimPid;
}

/** The address of a bundle's shim: from the file `address`, or containerd 2's bootstrap.json. */
async function addressOf(bundle: string): Promise<string> {
  const plain = await readFile(join(bundle, 'address'), 'utf8').catch(() => undefined);
  return plain ?? addressIn(JSON.parse(await readFile(join(bundle, 'bootstrap.json'), 'utf8')));
}

function addressIn(bootstrap: unknown): string {
  if (typeof bootstrap === 'object' && bootstrap !== null && 'address' in bootstrap) return String(bootstrap.address);
  throw new Error(`no address in ${JSON.stringify(bootstrap)}`);
}
