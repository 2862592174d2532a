import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.ts';
import { pauseImage } from '../../../scripts/setup/image.ts';
import { quote } from './config.ts';
import type { ContainerdVersion } from './version.ts';

/** What the CRI plugin, the kubelet's door into containerd, is started with. Its runtimes are those of deploy/containerd. */
export interface CriSetup {
  /** The runsc.toml that stands in for /etc/containerd/runsc.toml. */
  readonly runscToml: string;
  /** The folder of CNI configuration files; without it pods live on the host's network alone. */
  readonly cniConfFolder?: string;
}

interface CriConfigOptions {
  readonly version: ContainerdVersion;
  readonly folder: string;
  readonly cri: CriSetup;
}

/** The lines of the CRI plugin's tables: one plugin up to containerd 1.7, three from 2.0 on. */
export function criConfig({ version, folder, cri }: CriConfigOptions): readonly string[] {
  const cniConf = cri.cniConfFolder ?? `${folder}/no-cni`;
  const streaming = [`  stream_server_address = "127.0.0.1"`, `  stream_server_port = "0"`];
  const cni = (table: string) => [`[${table}.cni]`, `  bin_dir = "/usr/lib/cni"`, `  conf_dir = ${quote(cniConf)}`];
  if (version === '2.1') {
    const runtime = `plugins.'io.containerd.cri.v1.runtime'`;
    return [
      `[plugins.'io.containerd.grpc.v1.cri']`,
      ...streaming,
      `[plugins.'io.containerd.cri.v1.images'.pinned_images]`,
      `  sandbox = ${quote(pauseImage)}`,
      `[${runtime}]`,
      `  restrict_oom_score_adj = true`,
      ...cni(runtime),
      ...runtimesConfig({ version, table: `${runtime}.containerd`, cri }),
    ];
  }
  const plugin = `plugins.'io.containerd.grpc.v1.cri'`;
  return [
    `[${plugin}]`,
    `  sandbox_image = ${quote(pauseImage)}`,
    `  restrict_oom_score_adj = true`,
    ...streaming,
    ...cni(plugin),
    ...runtimesConfig({ version, table: `${plugin}.containerd`, cri }),
  ];
}

/** The lines that docs/kubernetes.md has a reader add to containerd's configuration, as they stand. */
function runtimesConfig({
  version,
  table,
  cri,
}: Omit<CriConfigOptions, 'folder'> & { table: string }): readonly string[] {
  const file = join(root, 'deploy', 'containerd', version === '2.1' ? 'runtimes-v3.toml' : 'runtimes-v2.toml');
  const runtimes = readFileSync(file, 'utf8').replace('/etc/containerd/runsc.toml', cri.runscToml);
  return [`[${table}]`, `  default_runtime_name = "runsc"`, runtimes];
}
