import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testImage } from '../../scripts/setup/image.ts';
import { startContainerd } from '../../tests/support/containerd/start.ts';
import { plainFlags, writeRunscToml } from '../../tests/support/runsc-toml.ts';
import { unique } from '../../tests/support/unique.ts';
import type { Subject } from './subject.ts';

/** A containerd 1.6 whose containers one subject serves. */
export interface CtrBench extends AsyncDisposable {
  /** `ctr run`; answers the container's id. */
  run(command: readonly string[], flags: readonly string[]): Promise<string>;
  exec(id: string): Promise<void>;
}

export async function openCtr(subject: Subject): Promise<CtrBench> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-shims-'));
  const path = join(folder, 'path');
  await mkdir(path);
  await symlink(subject.binary, join(path, 'containerd-shim-bench-v1'));
  const toml = join(folder, 'runsc.toml');
  await writeRunscToml(toml, {});
  const flagsOfRuntime = subject.runtime === 'runsc' ? await runscFlags(subject, { path, toml }) : [];
  const containerd = await startContainerd({ version: '1.6', env: subject.env, path: [path] });
  const ctr = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await containerd.ctr(args);
    // gVisor's Go shim tells a wrong status of what ends at once; that is not what is measured.
    if (exitCode !== 0 && subject.role !== 'peer') throw new Error(`ctr ${args.join(' ')}: ${exitCode}: ${stderr}`);
  };
  return {
    run: async (command, flags) => {
      const id = unique('c');
      containerd.scope.groups.add(id);
      const runtime = ['--runtime', 'io.containerd.bench.v1', ...flagsOfRuntime];
      await ctr(['run', ...runtime, ...flags, testImage, id, ...command]);
      return id;
    },
    exec: (id) => ctr(['task', 'exec', '--exec-id', unique('e'), id, 'true']),
    [Symbol.asyncDispose]: async () => {
      await containerd[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** gVisor's Go shim refuses ctr's options and waits for ever without an annotation: it gets its flags from a wrapper. */
async function runscFlags(
  { role }: Subject,
  { path, toml }: { readonly path: string; readonly toml: string },
): Promise<readonly string[]> {
  if (role !== 'peer') return ['--runtime-config-path', toml];
  const flags = Object.entries(plainFlags).map(([name, value]) => `--${name}=${value}`);
  await writeFile(join(path, 'runsc'), `#!/bin/sh\nexec /usr/bin/runsc ${flags.join(' ')} "$@"\n`);
  await chmod(join(path, 'runsc'), 0o755);
  return ['--annotation', 'io.kubernetes.cri.container-type=sandbox'];
}
