import { pauseImage } from '../../../scripts/setup/image.ts';
import { quote } from './config.ts';
import type { ContainerdVersion } from './version.ts';

/** A runtime as a pod's RuntimeClass names it. */
export interface CriRuntime {
  /** The handler's name: "runsc". */
  readonly name: string;
  /** containerd's name of the shim: "io.containerd.runsc.v1". */
  readonly type: string;
  /** The runtime's options table, as in containerd's configuration file. */
  readonly options?: Readonly<Record<string, string | boolean>>;
  /** Annotations of a pod that reach the runtime. */
  readonly podAnnotations?: readonly string[];
}

/** What the CRI plugin, the kubelet's door into containerd, is started with. */
export interface CriSetup {
  readonly runtimes: readonly [CriRuntime, ...CriRuntime[]];
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
      ...runtimesConfig(`${runtime}.containerd`, cri),
    ];
  }
  const plugin = `plugins.'io.containerd.grpc.v1.cri'`;
  return [
    `[${plugin}]`,
    `  sandbox_image = ${quote(pauseImage)}`,
    `  restrict_oom_score_adj = true`,
    ...streaming,
    ...cni(plugin),
    ...runtimesConfig(`${plugin}.containerd`, cri),
  ];
}

function runtimesConfig(table: string, cri: CriSetup): readonly string[] {
  return [
    `[${table}]`,
    `  default_runtime_name = ${quote(cri.runtimes[0].name)}`,
    ...cri.runtimes.flatMap((runtime) => [
      `[${table}.runtimes.${runtime.name}]`,
      `  runtime_type = ${quote(runtime.type)}`,
      `  pod_annotations = [${(runtime.podAnnotations ?? []).map(quote).join(', ')}]`,
      `[${table}.runtimes.${runtime.name}.options]`,
      ...Object.entries(runtime.options ?? {}).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`),
    ]),
  ];
}
