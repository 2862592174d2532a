import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../lib/paths.ts';
import { done, say } from '../lib/say.ts';
import { debianMirror } from './apt-mirror.ts';
import { openLaterDebian } from './later-debian.ts';

/** The unpacked programs of later Debian suites: each a folder to put on PATH. */
export interface LaterSuites {
  /** containerd 1.7 with its ctr and its runc shim. */
  readonly containerd17: string;
  /** containerd 2.1 with its ctr and its runc shim. */
  readonly containerd21: string;
  /** runsc of July 2024. */
  readonly runsc2024: string;
  /** runc 1.3, on the C library unpacked beside it. */
  readonly runc13: string;
}

const wanted = [
  { suite: 'trixie', names: ['containerd', 'runsc'] },
  { suite: 'forky', names: ['containerd', 'runc', 'libc6', 'libseccomp2'] },
] as const;

/** Where the programs of the later suites lie, whether or not they are there yet. */
export function laterSuitesFolders(folder: string = join(cacheFolder, 'suites')): LaterSuites {
  return {
    containerd17: join(folder, 'trixie', 'containerd', 'usr', 'bin'),
    containerd21: join(folder, 'forky', 'containerd', 'usr', 'bin'),
    runsc2024: join(folder, 'trixie', 'runsc', 'usr', 'bin'),
    runc13: join(folder, 'forky', 'runc', 'usr', 'sbin'),
  };
}

/** Brings the later suites' programs, once. Throws NeedError. */
export async function bringLaterSuites(codename: string): Promise<void> {
  const folder = join(cacheFolder, 'suites');
  const stamp = join(folder, 'complete');
  // The runc in it names its C library by its full path, so a checkout that was moved starts anew.
  const complete = JSON.stringify({ folder, wanted });
  if ((await readFile(stamp, 'utf8').catch(() => '')) === complete) return;
  const started = performance.now();
  const what = wanted.map((suite) => `${suite.suite} (${suite.names.join(' ')})`).join(', ');
  say(`unpacking programs of later Debian suites into .cache/suites: ${what}`);
  await mkdir(folder, { recursive: true });
  const suites = wanted.map(({ suite }) => suite);
  const debian = await openLaterDebian({
    mirror: await debianMirror(codename),
    suites,
    folder: join(folder, 'apt'),
  });
  for (const { suite, names } of wanted) await debian.unpack({ suite, names }, join(folder, suite));
  await useOwnLibc(folder);
  await rm(join(folder, 'apt'), { recursive: true, force: true });
  await writeFile(stamp, complete);
  done(`later Debian suites: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** runc starts itself anew by /proc/self/exe, so it must carry the path of its loader and libraries in itself. */
async function useOwnLibc(folder: string): Promise<void> {
  const libraries = await libraryFolders(join(folder, 'forky'));
  const loader = await findLoader(libraries);
  const runc = await firstOf([
    join(folder, 'forky', 'runc', 'usr', 'sbin', 'runc'),
    join(folder, 'forky', 'runc', 'usr', 'bin', 'runc'),
  ]);
  await execa('patchelf', ['--set-interpreter', loader, '--set-rpath', libraries.join(':'), runc]);
  await chmod(runc, 0o755);
}

async function libraryFolders(suite: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const name of ['libc6', 'libseccomp2']) {
    const base = join(suite, name, 'usr', 'lib');
    const [triplet] = (await readdir(base)).filter((entry) => entry.endsWith('-linux-gnu'));
    if (triplet !== undefined) folders.push(join(base, triplet));
  }
  return folders;
}

async function findLoader(libraries: readonly string[]): Promise<string> {
  const name = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2';
  return await firstOf(libraries.map((folder) => join(folder, name)));
}

async function firstOf(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  throw new Error(`none of these is in the unpacked packages: ${paths.join(', ')}`);
}
