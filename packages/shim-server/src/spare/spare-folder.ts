import { constants, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Sys } from '@sandshim/io/sys';
import type { Fd } from '@sandshim/runsc-client';
import { lockSocketFolder } from '../bootstrap/socket-lock.ts';

/**
 * A spare's place, `<folder>/<name>.<pid>`, which launchers look through:
 * - `program`, a link to what the spare runs, so that a launcher takes no other version than its own;
 * - `taken`, made by the one launcher that may ask; removed if the spare declines;
 * - `request` and `reply`, fifos. The spare holds a writer of `reply`: to a launcher its death is the end of the file.
 */
export interface SparePlace {
  readonly request: Fd;
  readonly reply: Fd;
  /** Lets the next launcher ask. */
  giveBack(): void;
  /** Out of sight: no launcher finds it any more. The fifos stay open. */
  hide(): void;
}

export interface SparePlaceOptions {
  readonly sys: Sys;
  readonly folder: string;
  /** The shim's name for containerd. */
  readonly name: string;
  /** The file that this process runs. */
  readonly program: string;
  /** So many spares of this name and program are enough. */
  readonly limit: number;
}

/** @returns `undefined` if there are enough spares already */
export async function takePlace(options: SparePlaceOptions): Promise<SparePlace | undefined> {
  const { sys, folder, limit } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  using _lock = await lockSocketFolder(join(folder, '.lock'));
  return countLiving(options) < limit
    ? makePlace(sys, join(folder, `${options.name}.${process.pid}`), options.program)
    : undefined;
}

function makePlace(sys: Sys, place: string, program: string): SparePlace {
  mkdirSync(place, { mode: 0o700 });
  symlinkSync(program, join(place, 'program'));
  // Locked for as long as this is a spare.
  const alive = sys.open(join(place, 'alive'), constants.O_RDWR | constants.O_CREAT, 0o600);
  sys.tryLock(alive);
  const fifo = (name: string): Fd => {
    sys.mkfifo(join(place, name), 0o600);
    return sys.open(join(place, name), constants.O_RDWR | constants.O_NONBLOCK);
  };
  const reply = fifo('reply');
  // Last: a launcher looks for this one.
  const request = fifo('request');
  return {
    ...{ request, reply },
    giveBack: () => rmSync(join(place, 'taken'), { force: true }),
    hide: () => {
      // In one step: a launcher that opens a fifo for both ways would make a file in the place of one that is gone.
      const gone = join(dirname(place), `.${basename(place)}`);
      renameSync(place, gone);
      rmSync(gone, { recursive: true, force: true });
      sys.close(alive);
    },
  };
}

/** Counts the spares that could serve instead of this process, and removes what dead ones left. */
function countLiving({ sys, folder, name, program }: SparePlaceOptions): number {
  const own = statSync(program).ino;
  const places = readdirSync(folder).filter((entry) => entry.startsWith(`${name}.`));
  return places.filter((entry) => {
    const place = join(folder, entry);
    if (isAlive(sys, place)) return statSync(join(place, 'program'), { throwIfNoEntry: false })?.ino === own;
    rmSync(place, { recursive: true, force: true });
    return false;
  }).length;
}

function isAlive(sys: Sys, place: string): boolean {
  let fd: Fd;
  try {
    fd = sys.open(join(place, 'alive'), constants.O_RDWR);
  } catch {
    return false;
  }
  try {
    return !sys.tryLock(fd);
  } finally {
    sys.close(fd);
  }
}
