import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { shimPrograms } from '../program/bin-folder.ts';
import { withImport, withoutImport } from './import-line.ts';
import { containerdDropIn, mark, runtimeClasses } from './texts.ts';

/** One thing that `install` or `uninstall` does. */
export type Step =
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** What only a person can decide. */
  | { readonly kind: 'advise'; readonly text: string };

export interface InstallPaths {
  /** Where the launchers are linked to: a folder that containerd's PATH has. */
  readonly binFolder: string;
  /** containerd's configuration file. */
  readonly config: string;
  /** The folder of its drop-ins. */
  readonly dropIns: string;
  readonly runtimeClass: string;
}

export const defaultInstallPaths: InstallPaths = {
  binFolder: '/usr/local/bin',
  config: '/etc/containerd/config.toml',
  dropIns: '/etc/containerd/conf.d',
  runtimeClass: '/etc/sandshim/runtimeclass.yaml',
};

const programs = ['sandshim', ...Object.values(shimPrograms)];

/** What `install` would do, given what is there. */
export async function planInstall(
  host: Host,
  options: { readonly paths: InstallPaths; readonly ownBin: string },
): Promise<readonly Step[]> {
  const { paths, ownBin } = options;
  const links = await Promise.all(
    programs.map((name) => planLink(host, { path: join(paths.binFolder, name), target: join(ownBin, name) })),
  );
  return [
    ...links,
    ...(await planConfig(host, paths)),
    { kind: 'write', path: paths.runtimeClass, text: runtimeClasses },
    { kind: 'advise', text: `for Kubernetes: kubectl apply -f ${paths.runtimeClass}` },
  ];
}

// Another project's shim of the same name (gVisor's) is not ours to remove.
async function planLink(host: Host, link: { readonly path: string; readonly target: string }): Promise<Step> {
  const there = await host.info(link.path);
  const ours = (await host.linkTarget(link.path)) === link.target;
  if (there === undefined || there.kind === 'dangling' || ours) return { kind: 'link', ...link };
  return {
    kind: 'advise',
    text: `${link.path} is another program: remove it, or choose another folder with --bin-dir`,
  };
}

// A drop-in replaces the whole section of a plugin, so it must not meet one in the main file (containerd up to 1.7).
async function planConfig(host: Host, paths: InstallPaths): Promise<readonly Step[]> {
  const { parseContainerdConfig } = await import('../doctor/containerd-config.ts');
  const source = await host.readText(paths.config);
  const dropIn = join(paths.dropIns, 'sandshim.toml');
  const restart: Step = { kind: 'advise', text: 'systemctl restart containerd; running containers go on meanwhile' };
  const config = source === undefined ? undefined : parseContainerdConfig(source);
  const version = config === undefined || config.version < 2 ? 2 : config.version;
  const text = containerdDropIn(version);
  if (source === undefined || config === undefined) {
    const main = `${mark}\nversion = 2\nimports = ["${join(paths.dropIns, '*.toml')}"]\n`;
    return [{ kind: 'write', path: paths.config, text: main }, { kind: 'write', path: dropIn, text }, restart];
  }
  if (config.version < 2) {
    return [
      {
        kind: 'advise',
        text: `${paths.config} is of version 1: migrate it (containerd config migrate), then install again`,
      },
    ];
  }
  if (config.hasCriSection) {
    const body = text.split('\n').slice(2).join('\n').trimEnd();
    return [
      { kind: 'advise', text: `add to ${paths.config}, which has a section of the CRI plugin already:\n${body}` },
      restart,
    ];
  }
  const imported = config.imports.some((pattern) => pattern.startsWith(paths.dropIns));
  const main: readonly Step[] = imported
    ? []
    : [{ kind: 'write', path: paths.config, text: withImport(source, join(paths.dropIns, '*.toml')) }];
  return [...main, { kind: 'write', path: dropIn, text }, restart];
}

/** What `uninstall` would do: exactly what an install has left. */
export async function planUninstall(
  host: Host,
  options: { readonly paths: InstallPaths; readonly ownBin: string },
): Promise<readonly Step[]> {
  const { paths, ownBin } = options;
  const steps: Step[] = [];
  for (const name of programs) {
    const path = join(paths.binFolder, name);
    if ((await host.linkTarget(path)) === join(ownBin, name)) steps.push({ kind: 'remove', path });
  }
  for (const path of [join(paths.dropIns, 'sandshim.toml'), paths.runtimeClass]) {
    if ((await host.readText(path))?.startsWith(mark) === true) steps.push({ kind: 'remove', path });
  }
  const config = await host.readText(paths.config);
  const restored = withoutImport(config ?? '');
  if (config?.startsWith(mark) === true) steps.push({ kind: 'remove', path: paths.config });
  else if (restored !== undefined) steps.push({ kind: 'write', path: paths.config, text: restored });
  if (steps.length > 0)
    steps.push({ kind: 'advise', text: 'systemctl restart containerd; running containers go on meanwhile' });
  return steps;
}
