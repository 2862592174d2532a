import { type ContainerId, type Pid, parseContainerId, parsePid } from '../ids.ts';
import { expectArray, expectCount, expectRecord, expectString, optional } from '../parse/expect.ts';
import { parseContainerState } from '../parse/state.ts';
import type { ContainerStatus } from '../runtime.ts';

/** What a new process takes from its container's spec where its own says nothing. */
export interface SpecProcess {
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: unknown;
}

/** What runsc keeps of a container in its state file, as far as the control socket needs it. */
export interface SandboxRecord {
  readonly container: ContainerId;
  /** Id of the sandbox: that of its root container. */
  readonly sandbox: string;
  readonly sandboxPid: Pid;
  /** Who the sandbox runs as: runsc gives it a process's stdio. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The version of the sandbox itself, where runsc records it. */
  readonly version?: string;
  /** Path of the control socket, where runsc records it. */
  readonly controlSocket?: string;
  /** As recorded: a container that ended since is still `running` here. */
  readonly status: ContainerStatus;
  readonly bundle: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly process: SpecProcess;
}

/** @throws SandshimError `internal` for what is no container record of runsc */
export function parseSandboxRecord(value: unknown, path = 'state file'): SandboxRecord | undefined {
  const record = expectRecord(value, path);
  const sandbox = optional(record['sandbox'], `${path}.sandbox`, expectRecord);
  if (sandbox === undefined) return undefined;
  const spec = expectRecord(record['spec'], `${path}.spec`);
  const process = expectRecord(spec['process'], `${path}.spec.process`);
  const { status } = parseContainerState({ ...record, bundle: record['bundleDir'] }, path);
  const metadata = optional(sandbox['metricMetadata'], `${path}.sandbox.metricMetadata`, expectRecord) ?? {};
  const version = optional(metadata['version'], `${path}.sandbox.metricMetadata.version`, expectString);
  const controlSocket = optional(sandbox['controlSocketPath'], `${path}.sandbox.controlSocketPath`, expectString);
  return {
    container: parseContainerId(record['id']),
    sandbox: expectString(sandbox['id'], `${path}.sandbox.id`),
    sandboxPid: parsePid(sandbox['pid']),
    owner: {
      uid: expectCount(sandbox['uid'], `${path}.sandbox.uid`),
      gid: expectCount(sandbox['gid'], `${path}.sandbox.gid`),
    },
    ...(version === undefined ? {} : { version }),
    ...(controlSocket === undefined || controlSocket === '' ? {} : { controlSocket }),
    status,
    bundle: expectString(record['bundleDir'], `${path}.bundleDir`),
    annotations: annotationsOf(spec, path),
    process: {
      env: strings(process['env'], `${path}.spec.process.env`),
      cwd: expectString(process['cwd'], `${path}.spec.process.cwd`),
      capabilities: process['capabilities'],
    },
  };
}

function annotationsOf(spec: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, string>> {
  const annotations = optional(spec['annotations'], `${path}.spec.annotations`, expectRecord) ?? {};
  const entries = Object.entries(annotations);
  return Object.fromEntries(entries.map(([key, text]) => [key, expectString(text, `${path}.spec.annotations.${key}`)]));
}

function strings(value: unknown, path: string): readonly string[] {
  const list = optional(value, path, expectArray) ?? [];
  return list.map((text, index) => expectString(text, `${path}[${index}]`));
}
