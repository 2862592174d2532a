/** The parts of the OCI runtime spec's config.json that sandshim reads or writes; other fields are kept as they are. */
export interface OciProcess {
  readonly terminal?: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user?: { readonly uid: number; readonly gid: number; readonly additionalGids?: readonly number[] };
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly cwd: string;
  readonly [field: string]: unknown;
}

export interface OciSpec {
  readonly ociVersion: string;
  readonly process?: OciProcess;
  readonly root?: { readonly path: string; readonly readonly?: boolean };
  readonly hostname?: string;
  readonly mounts?: readonly OciMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: OciLinux;
  readonly [field: string]: unknown;
}

export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
  readonly [field: string]: unknown;
}

export interface OciLinux {
  readonly namespaces?: readonly { readonly type: string; readonly path?: string }[];
  readonly cgroupsPath?: string;
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
