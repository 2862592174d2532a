import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSys } from '@sandshim/io/sys';

const sys = await openSys();

/** A private folder that goes with its test. */
export interface Place extends Disposable {
  readonly folder: string;
  path(name: string): string;
  /** A new fifo there. */
  fifo(name: string): string;
}

export function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'sandshim-io-'));
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    fifo(name) {
      sys.mkfifo(path(name), 0o700);
      return path(name);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
