import type { CriSetup } from './cri-setup.ts';
import { criConfig } from './cri-setup.ts';
import type { ContainerdVersion } from './version.ts';

export interface ConfigOptions {
  readonly version: ContainerdVersion;
  /** The private folder that everything of this containerd lies under. */
  readonly folder: string;
  readonly cri?: CriSetup;
}

/** The files of one private containerd. */
export interface Paths {
  readonly config: string;
  readonly log: string;
  readonly root: string;
  readonly state: string;
  readonly address: string;
  /** Where containerd lays the bundles of its tasks: one folder per namespace. */
  readonly bundles: string;
}

export function pathsUnder(folder: string): Paths {
  return {
    config: `${folder}/config.toml`,
    log: `${folder}/containerd.log`,
    root: `${folder}/root`,
    state: `${folder}/state`,
    address: `${folder}/containerd.sock`,
    bundles: `${folder}/state/io.containerd.runtime.v2.task`,
  };
}

/**
 * The configuration of a containerd that shares nothing with the machine's own: no plugin that writes outside its
 * folder, and no OOM score (lowering one needs a capability that a container or CI machine may lack).
 */
export function containerdConfig({ version, folder, cri }: ConfigOptions): string {
  const paths = pathsUnder(folder);
  const disabled = [
    'io.containerd.internal.v1.opt',
    'io.containerd.snapshotter.v1.btrfs',
    'io.containerd.snapshotter.v1.devmapper',
    'io.containerd.snapshotter.v1.zfs',
    ...(cri === undefined ? ['io.containerd.grpc.v1.cri'] : []),
    ...(cri === undefined && version === '2.1' ? ['io.containerd.cri.v1.images', 'io.containerd.cri.v1.runtime'] : []),
  ];
  return [
    `version = ${version === '2.1' ? 3 : 2}`,
    `root = ${quote(paths.root)}`,
    `state = ${quote(paths.state)}`,
    `oom_score = 0`,
    `disabled_plugins = [${disabled.map(quote).join(', ')}]`,
    `[grpc]`,
    `  address = ${quote(paths.address)}`,
    `[debug]`,
    `  address = ${quote(`${folder}/debug.sock`)}`,
    `  level = "debug"`,
    ...(version === '1.6' ? [] : [`[plugins.'io.containerd.nri.v1.nri']`, `  disable = true`]),
    ...(cri === undefined ? [] : criConfig({ version, folder, cri })),
    '',
  ].join('\n');
}

/** A TOML basic string. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
