import { parsePid } from '@sandshim/runsc-client';
import type { Stand } from './stand.ts';

/** Kills the shim of a container of this stand. Throws if there is none: a pid that is not one would be every process there is. */
export async function killShim(stand: Stand, id: string): Promise<void> {
  const shims: { pid: number; id: string; engine: string }[] = JSON.parse(await stand.ok(['shims', '--json']));
  const shim = shims.find((each) => each.id === id && each.engine.startsWith(stand.root));
  if (shim === undefined) throw new Error(`no shim of ${id} among ${JSON.stringify(shims)}`);
  process.kill(parsePid(shim.pid), 'SIGKILL');
}
