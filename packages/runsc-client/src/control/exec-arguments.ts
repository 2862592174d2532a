import type { OciProcess } from '../oci.ts';
import { expectArray, expectRecord, expectString, optional } from '../parse/expect.ts';
import { capabilitySet } from './capability-set.ts';
import type { ControlDialect } from './control-dialect.ts';
import type { SandboxRecord } from './sandbox-record.ts';

const kinds = ['permitted', 'inheritable', 'effective', 'bounding'] as const;

/** What `containerManager.ExecuteAsync` is asked with; its names are the sandbox's. */
export interface ExecArguments {
  readonly ContainerID: string;
  readonly argv: readonly string[];
  readonly envv: readonly string[];
  readonly wd: string;
  readonly KUID: number;
  readonly KGID: number;
  readonly ExtraKGIDs: readonly number[];
  readonly Capabilities: Readonly<Record<string, number>>;
  readonly StdioIsPty: false;
  readonly GuestFDs?: readonly number[];
}

/**
 * The arguments that `runsc exec --process` would send for this process. Umask, rlimits, no_new_privs, the cgroup, HOME,
 * PATH and the working folder are settled inside the sandbox, the same for either way.
 *
 * `undefined` for what only the command line can do or refuse in its own words: a terminal (a host process must be the
 * session leader of its pty, or ^C reaches nobody), an empty argv, a capability that this version does not know.
 */
export function execArguments(
  process: OciProcess,
  container: SandboxRecord,
  options: { readonly dialect: ControlDialect; readonly netRaw: boolean },
): ExecArguments | undefined {
  if (process.terminal === true || process.args.length === 0) return undefined;
  const capabilities = taskCapabilities(process['capabilities'] ?? container.process.capabilities, options);
  if (capabilities === undefined) return undefined;
  return {
    ContainerID: container.container,
    argv: process.args,
    envv: process.env ?? container.process.env,
    wd: process.cwd === '' ? container.process.cwd : process.cwd,
    KUID: process.user?.uid ?? 0,
    KGID: process.user?.gid ?? 0,
    ExtraKGIDs: process.user?.additionalGids ?? [],
    Capabilities: capabilities,
    StdioIsPty: false,
    ...(options.dialect.guestDescriptors ? { GuestFDs: [0, 1, 2] } : {}),
  };
}

// runsc drops CAP_NET_RAW unless it runs with --net-raw, and knows no ambient capabilities.
function taskCapabilities(
  value: unknown,
  options: { readonly dialect: ControlDialect; readonly netRaw: boolean },
): Readonly<Record<string, number>> | undefined {
  const sets = optional(value, 'capabilities', expectRecord) ?? {};
  const { lastCapability } = options.dialect;
  const without = options.netRaw ? [] : ['CAP_NET_RAW'];
  const entries: (readonly [string, number])[] = [];
  for (const kind of kinds) {
    const list = optional(sets[kind], `capabilities.${kind}`, expectArray) ?? [];
    const names = list.map((name, index) => expectString(name, `capabilities.${kind}[${index}]`));
    const set = capabilitySet(names, { lastCapability, without });
    if (set === undefined) return undefined;
    entries.push([`${kind[0]?.toUpperCase()}${kind.slice(1)}Caps`, set]);
  }
  return Object.fromEntries(entries);
}
