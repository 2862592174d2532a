import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type IoEndpoints, makeFifos } from '@sandshim/io';

/** A private folder with the fifos of one process. Disposing removes it; who has a fifo open keeps it. */
export interface IoFolder extends AsyncDisposable {
  readonly endpoints: IoEndpoints;
}

/** Makes it below sandshim's own state folder. */
export async function makeIoFolder(
  root: string,
  options: { readonly stdin: boolean; readonly terminal: boolean },
): Promise<IoFolder> {
  const parent = join(root, 'io');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(parent, 'p-'));
  const { openSys } = await import('@sandshim/io/sys');
  const endpoints = makeFifos(folder, { sys: await openSys(), ...options });
  return { endpoints, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
