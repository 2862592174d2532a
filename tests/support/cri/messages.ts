/** The messages of cri.proto, as proto-loader reads and writes them. */
export interface PodConfig {
  readonly metadata: { readonly name: string; readonly uid: string; readonly namespace: string };
  readonly hostname: string;
  readonly logDirectory: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: {
    readonly cgroupParent?: string;
    readonly securityContext: { readonly namespaceOptions: NamespaceOptions };
  };
}

export interface NamespaceOptions {
  readonly network: 'POD' | 'NODE';
  readonly pid: 'POD' | 'CONTAINER' | 'NODE';
  readonly ipc: 'POD' | 'NODE';
}

export interface PodStatus {
  readonly id: string;
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  readonly network: { readonly ip: string } | null;
}

export interface LinuxResources {
  readonly cpuShares?: number;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly memoryLimitInBytes?: number;
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string };
  readonly image: { readonly image: string };
  readonly command: readonly string[];
  readonly logPath: string;
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly linux?: {
    readonly resources?: LinuxResources;
    readonly securityContext?: { readonly namespaceOptions: NamespaceOptions };
  };
}

export interface ContainerStatus {
  readonly id: string;
  readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';
  readonly exitCode: number;
  readonly reason: string;
  readonly logPath: string;
}

export interface ContainerStats {
  readonly cpu: { readonly usageCoreNanoSeconds: { readonly value: number } | null } | null;
  readonly memory: { readonly workingSetBytes: { readonly value: number } | null } | null;
}
