import { outputOptions, quietOption, scopeOptions } from '../program/common-options.ts';
import type { OptionSpec, Verb } from '../program/verb.ts';

const group = 'Look after the host';

const installOptions: readonly OptionSpec[] = [
  { flags: '--bin-dir <folder>', description: "a folder of containerd's PATH; /usr/local/bin unless given" },
  { flags: '--etc <folder>', description: 'instead of /etc' },
  { flags: '--prefix <folder>', description: 'put before every path, for building an image' },
];

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
    name: 'install',
    group,
    summary: 'Let containerd and Kubernetes find the shims',
    details:
      "Links the launchers into a folder of containerd's PATH, adds the runtimes to containerd's configuration as a drop-in, and " +
      'writes RuntimeClasses for Kubernetes. What only you can decide is told, not done.',
    options: [
      { flags: '--dry-run', description: 'show what would be done, with the text of each file' },
      ...installOptions,
    ],
    examples: [{ command: 'sandshim install --dry-run', note: 'nothing is changed' }],
    load: async () => (await import('../actions/install.ts')).install,
  },
  {
    name: 'uninstall',
    group,
    summary: 'Undo sandshim install',
    options: [{ flags: '--dry-run', description: 'show what would be done' }, ...installOptions],
    examples: [{ command: 'sandshim uninstall', note: 'removes what install has written, and nothing else' }],
    load: async () => (await import('../actions/install.ts')).uninstall,
  },
  {
    name: 'debug',
    group,
    summary: 'Look into a runsc sandbox: stacks, processes, profiles; or change what it logs',
    details: 'Profiles need a sandbox that was started with profile = "true" below [runsc_config].',
    args: ['<id>'],
    options: [
      { flags: '--stacks', description: "the stacks of the sandbox's own goroutines" },
      { flags: '--ps', description: 'its processes with their threads, as JSON' },
      { flags: '--profile-cpu <file>', description: 'where a CPU profile goes (pprof)' },
      { flags: '--profile-heap <file>', description: 'where a heap profile goes' },
      { flags: '--profile-block <file>', description: 'where a profile of waiting goes' },
      { flags: '--profile-mutex <file>', description: 'where a profile of locks goes' },
      { flags: '--trace <file>', description: 'where an execution trace goes' },
      { flags: '--duration <duration>', description: 'how long a profile or trace takes; 5s unless given' },
      { flags: '--log-level <level>', description: 'from now on', choices: ['warning', 'info', 'debug'] },
      { flags: '--strace <calls>', description: 'trace system calls from now on: all, off, or open,read,…' },
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim debug --stacks web', note: 'where it hangs' },
      { command: 'sandshim debug --profile-cpu web.pprof --duration 30s web', note: 'for go tool pprof' },
    ],
    load: async () => (await import('../actions/debug.ts')).debug,
  },
  {
    name: 'completion',
    group,
    summary: 'Print the completion script of a shell',
    args: ['<shell>'],
    options: [],
    examples: [
      { command: 'source <(sandshim completion bash)', note: 'for this bash; zsh the same way' },
      { command: 'sandshim completion fish > ~/.config/fish/completions/sandshim.fish', note: 'for every fish' },
    ],
    load: async () => (await import('../actions/completion.ts')).completion,
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
