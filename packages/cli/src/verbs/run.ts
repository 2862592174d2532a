import { scopeOptions } from '../program/common-options.ts';
import type { OptionSpec, Verb } from '../program/verb.ts';

const group = 'Run containers';

const containerOptions: readonly OptionSpec[] = [
  { flags: '--rootfs <folder>', description: "the container's files; it may change them, unless --read-only" },
  { flags: '--bundle <folder>', description: 'an OCI bundle: config.json and its rootfs' },
  { flags: '--name <id>', description: 'what it is called; made up unless given' },
  { flags: '--runtime <runtime>', description: 'runsc (unless given) or runc', choices: ['runsc', 'runc'] },
  { flags: '--network <network>', description: 'none (unless given) or host', choices: ['none', 'host'] },
  { flags: '-i, --interactive', description: 'pass our stdin on' },
  { flags: '-t, --tty', description: 'give it a terminal' },
  {
    flags: '-e, --env <name=value>',
    description: 'an environment variable; a name alone passes ours on',
    repeatable: true,
  },
  { flags: '-w, --workdir <folder>', description: 'the folder that it starts in' },
  { flags: '-u, --user <user>', description: 'user or user:group, by name or number' },
  { flags: '-v, --volume <src:dst[:ro]>', description: 'a folder of this machine that it sees', repeatable: true },
  { flags: '--memory <size>', description: 'limit: 512m, 2g' },
  { flags: '--cpus <number>', description: 'limit: 1.5 is one and a half cores' },
  { flags: '--pids-limit <number>', description: 'limit of its processes' },
  { flags: '--read-only', description: 'it may not change its root filesystem' },
  { flags: '--platform <platform>', description: "runsc's platform: systrap, ptrace, kvm" },
  { flags: '--runtime-config <file>', description: 'a runsc.toml other than /etc/containerd/runsc.toml' },
];

/** Verbs that make containers without a daemon. */
export const runVerbs: readonly Verb[] = [
  {
    name: 'run',
    group,
    summary: 'Run a command in a new container, without any daemon',
    details:
      "Exit status: the command's; 128 + n when signal n ended it, 127 if there is no such command, 126 if it cannot be run, " +
      '124 when --timeout ended it, 125 for other failures. Ctrl-P ctrl-Q leaves a terminal without ending the container.',
    args: ['[command...]'],
    passThrough: true,
    options: [
      ...containerOptions,
      { flags: '-d, --detach', description: 'do not wait for it; its output goes to sandshim logs' },
      { flags: '--rm', description: 'remove it when it has ended' },
      { flags: '--timeout <duration>', description: 'end it after so long: 90s, 5m' },
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim run --rm -it --rootfs ./rootfs -- sh', note: 'a shell in a gVisor sandbox' },
      {
        command: 'sandshim run -d --name web --network host --memory 256m --bundle ./web',
        note: 'an OCI bundle, detached',
      },
      {
        command: 'sandshim run --rm --timeout 10s --rootfs / --read-only -- ./untrusted',
        note: "this machine's own files, unchangeable",
      },
    ],
    load: async () => (await import('../actions/run.ts')).run,
  },
  {
    name: 'create',
    group,
    summary: 'Make a container without starting it',
    args: ['[command...]'],
    passThrough: true,
    options: [
      ...containerOptions,
      { flags: '--rm', description: 'remove it when it has ended' },
      { flags: '--timeout <duration>', description: 'end it after so long: 90s, 5m' },
      ...scopeOptions,
    ],
    examples: [{ command: 'sandshim create --name job --rootfs ./rootfs -- ./job', note: 'until sandshim start job' }],
    load: async () => (await import('../actions/create.ts')).create,
  },
  {
    name: 'start',
    group,
    summary: 'Start containers that were created, or that sandshim made and have ended',
    args: ['<id...>'],
    options: [...scopeOptions],
    examples: [{ command: 'sandshim start job', note: 'its output goes to sandshim logs job' }],
    load: async () => (await import('../actions/start.ts')).start,
  },
];

/** Verbs that only sandshim itself calls. */
export const hiddenVerbs: readonly Verb[] = [
  {
    name: '__watch',
    group,
    hidden: true,
    summary: 'Wait for a detached container and clean up after it',
    args: ['<id>'],
    options: [...scopeOptions],
    examples: [{ command: 'sandshim __watch web', note: 'what run -d --rm starts in the background' }],
    load: async () => (await import('../actions/watch.ts')).watch,
  },
];
