import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { binFolder } from '../../scripts/lib/paths.ts';

/** A shim that is measured, or, as the floor, a runtime without any. */
export interface Subject {
  readonly id: string;
  readonly label: string;
  readonly runtime: 'runsc' | 'runc';
  /** `stand-in`: our own shim in the way that the Go shim works, while that is not at hand. */
  readonly role: 'ours' | 'peer' | 'stand-in' | 'floor';
  readonly binary: string;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of its warm spares; absent: it has none. */
  readonly spares?: string;
}

export interface SubjectsOptions {
  /** For copies and configuration files; the caller removes it. */
  readonly folder: string;
  /** gVisor's own shims, by name. */
  readonly peers: readonly { readonly name: string; readonly path: string }[];
}

/**
 * The subjects of this machine. Each program that is measured is a copy of its own, so that nothing else that happens to run,
 * this benchmark's Node among it, shares its pages and makes it look small.
 */
export async function subjects({ folder, peers }: SubjectsOptions): Promise<readonly Subject[]> {
  const copy = async (path: string): Promise<string> => {
    const folderOfCopy = join(folder, `copy-of-${basename(path)}`);
    await mkdir(folderOfCopy, { recursive: true });
    const target = join(folderOfCopy, basename(path));
    await copyFile(path, target);
    return target;
  };
  const ours = async (name: string, lines: readonly string[]): Promise<Readonly<Record<string, string>>> => {
    const config = join(folder, `${name}.toml`);
    // Without a line there is no file, as on most machines.
    if (lines.length > 0) await writeFile(config, `${lines.join('\n')}\n`);
    return { SANDSHIM_CONFIG: config, SANDSHIM_NODE: node };
  };
  const withSpare = async (id: string): Promise<Pick<Subject, 'env' | 'spares'>> => {
    const spares = join(folder, `spares-of-${id}`);
    return { spares, env: await ours(id, ['spares = 1', `spare_dir = "${spares}"`]) };
  };
  const node = await copy(process.execPath);
  const runscShim = join(binFolder, 'containerd-shim-runsc-v1');
  const runcShim = join(binFolder, 'containerd-shim-sandshim-runc-v2');
  const found: Subject[] = [
    {
      ...{ id: 'runsc', label: 'sandshim', runtime: 'runsc', role: 'ours' },
      ...{ binary: runscShim, env: await ours('auto', []) },
    },
    {
      ...{ id: 'runsc-spare', label: 'sandshim, a warm spare', runtime: 'runsc', role: 'ours' },
      ...{ binary: runscShim, ...(await withSpare('runsc-spare')) },
    },
    {
      ...{ id: 'runsc-off', label: 'sandshim, RuntimeControl off', runtime: 'runsc', role: 'stand-in' },
      ...{ binary: runscShim, env: await ours('off', ['runtime_control = "off"']) },
    },
  ];
  for (const { name, path } of peers) {
    found.push({ ...{ id: name, label: name, runtime: 'runsc', role: 'peer' }, binary: await copy(path), env: {} });
  }
  found.push(
    { id: 'runsc-alone', label: 'runsc alone', runtime: 'runsc', role: 'floor', binary: 'runsc', env: {} },
    {
      ...{ id: 'runc', label: 'sandshim', runtime: 'runc', role: 'ours' },
      ...{ binary: runcShim, env: await ours('runc', []) },
    },
    {
      ...{ id: 'runc-spare', label: 'sandshim, a warm spare', runtime: 'runc', role: 'ours' },
      ...{ binary: runcShim, ...(await withSpare('runc-spare')) },
    },
    {
      ...{ id: 'runc-v2', label: 'containerd-shim-runc-v2', runtime: 'runc', role: 'peer' },
      ...{ binary: await copy('/usr/bin/containerd-shim-runc-v2'), env: {} },
    },
    { id: 'runc-alone', label: 'runc alone', runtime: 'runc', role: 'floor', binary: 'runc', env: {} },
  );
  return found;
}
