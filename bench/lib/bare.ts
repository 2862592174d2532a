import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { layRootfs } from '../../scripts/setup/image.ts';
import { plainFlags } from '../../tests/support/runsc-toml.ts';
import { writeBundle } from '../../tests/support/shim/bundle.ts';
import { unique } from '../../tests/support/unique.ts';
import type { Subject } from './subject.ts';

/** A runtime that is called straight: the floor of what any shim can reach that calls it. */
export interface BareRuntime extends AsyncDisposable {
  /** A bundle for these arguments; answers its folder. */
  bundle(args: readonly string[]): Promise<string>;
  /** Runs one command of the runtime; answers how long it took. */
  command(args: readonly string[]): Promise<number>;
}

export async function openBareRuntime(subject: Subject): Promise<BareRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-bare-'));
  const rootfs = join(folder, 'rootfs');
  await mkdir(rootfs);
  await layRootfs(rootfs);
  const flags =
    subject.runtime === 'runsc' ? Object.entries(plainFlags).map(([name, value]) => `--${name}=${value}`) : [];
  return {
    bundle: async (args) => {
      const path = join(folder, unique('b'));
      await writeBundle(path, { args, cgroupsPath: `/${unique('bare')}` });
      await rm(join(path, 'rootfs'), { recursive: true });
      await execa('cp', ['-al', rootfs, join(path, 'rootfs')]);
      return path;
    },
    command: async (args) => {
      const before = performance.now();
      await execa(subject.binary, ['--root', join(folder, 'root'), ...flags, ...args], { stdio: 'ignore' });
      return performance.now() - before;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
