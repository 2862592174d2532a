import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testImage } from '../../scripts/setup/image.ts';
import type { Ctr, CtrOptions, CtrResult } from './containerd/ctr.ts';
import { type Containerd, startContainerd } from './containerd/start.ts';
import type { MatrixCase } from './matrix.ts';
import { writeRunscToml } from './runsc-toml.ts';
import { unique } from './unique.ts';

export interface RunOptions extends CtrOptions {
  /** Default: a new one. */
  readonly id?: string;
  /** Further flags of `ctr run`: "--rm", "-d", "--tty". */
  readonly flags?: readonly string[];
  readonly image?: string;
}

/** One case of the matrix, up and running: a containerd, and how to start containers with the shim under test. */
export interface Rig extends AsyncDisposable {
  readonly containerd: Containerd;
  readonly ctr: Ctr;
  /** A folder for the tests' own files; removed at the end. */
  readonly folder: string;
  /** The flags of `ctr run` that choose the shim under test. */
  readonly runtimeFlags: readonly string[];
  /** `ctr run` with the shim under test. */
  run(command: readonly string[], options?: RunOptions): Promise<CtrResult>;
  /** `ctr run -d`: the container's id once it runs. Throws when it cannot be started. */
  start(command: readonly string[], options?: RunOptions): Promise<string>;
  /** Kills and removes a container, whatever state it is in. */
  remove(id: string): Promise<void>;
}

export interface RigOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: readonly string[];
}

/** Starts a case's containerd with the shim's options in place. */
export async function startRig({ version, shim, transport }: MatrixCase, options: RigOptions = {}): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-rig-'));
  const toml = join(folder, 'runsc.toml');
  const config = join(folder, 'sandshim.toml');
  await writeRunscToml(toml, {});
  await writeFile(config, `transport = "${transport}"\n`);
  const containerd = await startContainerd({
    version,
    env: { ...options.env, SANDSHIM_CONFIG: config },
    path: options.path ?? [],
  });
  const { ctr } = containerd;
  const tomlFlags = shim.runtime === 'runsc' ? ['--runtime-config-path', toml] : [];
  const runtimeFlags = ['--runtime', shim.type, ...tomlFlags];

  const run: Rig['run'] = (command, { id = unique('c'), flags = [], image = testImage, ...rest } = {}) => {
    containerd.scope.groups.add(id);
    return ctr(['run', ...runtimeFlags, ...flags, image, id, ...command], rest);
  };

  return {
    containerd,
    ctr,
    folder,
    runtimeFlags,
    run,
    start: async (command, { id = unique('c'), flags = [], ...rest } = {}) => {
      const { exitCode, stderr } = await run(command, { ...rest, id, flags: ['-d', ...flags] });
      if (exitCode !== 0) throw new Error(`ctr run -d: ${stderr}\n${await containerd.readLog()}`);
      return id;
    },
    remove: async (id) => {
      await ctr(['task', 'rm', '--force', id]);
      await ctr(['container', 'rm', id]);
    },
    [Symbol.asyncDispose]: async () => {
      await containerd[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
