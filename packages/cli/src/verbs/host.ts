import { outputOptions, quietOption, scopeOptions } from '../program/common-options.ts';
import type { Verb } from '../program/verb.ts';

const group = 'Look after the host';

/** Verbs about the machine rather than one container. */
export const hostVerbs: readonly Verb[] = [
  {
    name: 'doctor',
    group,
    summary: 'Check what sandshim needs on this machine, and say how to mend it',
    details: 'Exit status: 0 when nothing fails, 1 otherwise. Warnings alone are 0.',
    options: [
      { flags: '--fix', description: 'mend what can be mended without asking anyone' },
      { flags: '--only <check>', description: 'run this check alone', repeatable: true },
      { flags: '--address <socket>', description: "containerd's socket (CONTAINERD_ADDRESS)" },
      { flags: '--state <folder>', description: "containerd's state folder (by default the folder of its socket)" },
      { flags: '--root <folder>', description: "sandshim's own state folder (SANDSHIM_ROOT, else /run/sandshim)" },
      { flags: '--prefix <folder>', description: 'check the machine whose files are below this folder', hidden: true },
      ...outputOptions,
    ],
    examples: [
      { command: 'sandshim doctor', note: 'one line per check, with advice below each that is not well' },
      { command: 'sandshim doctor --fix', note: 'removes stale sockets, puts back log fifos, and the like' },
    ],
    load: async () => (await import('../doctor/action.ts')).doctor,
  },
  {
    name: 'shims',
    group,
    summary: 'List every shim on this machine, and end those that leak',
    details: 'A shim leaks when nobody can reach it, it has no container, or the bundle of its container is gone.',
    args: ['[pid...]'],
    options: [
      { flags: '--reap', description: 'end those that leak, with what they hold' },
      quietOption,
      ...outputOptions,
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim shims', note: 'all of them, of any project' },
      { command: 'sandshim shims --reap 4711', note: 'ends the shim with this pid, if it leaks' },
    ],
    load: async () => (await import('../actions/shims.ts')).shims,
  },
  {
    name: 'version',
    group,
    summary: 'Show the versions of sandshim, the runtimes and containerd',
    options: [...outputOptions],
    examples: [{ command: 'sandshim version --json', note: 'for a bug report' }],
    load: async () => (await import('../actions/version.ts')).version,
  },
];
