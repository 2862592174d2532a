import { outputOptions, quietOption, scopeOptions } from '../program/common-options.ts';
import type { Verb } from '../program/verb.ts';

const group = 'See containers';

/** Verbs that only look. */
export const seeVerbs: readonly Verb[] = [
  {
    name: 'ps',
    aliases: ['ls'],
    group,
    summary: 'List containers and what their shims say of them',
    details: 'Also lists stopped ones, and those whose shim is gone. Needs no daemon: it asks the shims themselves.',
    options: [
      { flags: '--running', description: 'running ones only' },
      { flags: '-a, --all', description: 'every container (this is so in any case)', hidden: true },
      { flags: '--no-trunc', description: 'show ids and commands in full' },
      quietOption,
      ...outputOptions,
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim ps -A', note: 'every container on this machine' },
      { command: "sandshim ps -n k8s.io --format '{{.id}} {{.status}}'", note: "two fields of Kubernetes' containers" },
    ],
    load: async () => (await import('../actions/ps.ts')).ps,
  },
  {
    name: 'inspect',
    group,
    summary: 'Show all that is known of a container, as JSON',
    args: ['<id...>'],
    options: [...outputOptions, ...scopeOptions],
    examples: [{ command: "sandshim inspect web --format '{{.spec.process.cwd}}'", note: 'one field of its OCI spec' }],
    load: async () => (await import('../actions/inspect.ts')).inspect,
  },
  {
    name: 'logs',
    group,
    summary: 'Show what a container that sandshim made has said',
    details: 'Its stdout goes to stdout, its stderr to stderr.',
    args: ['<id>'],
    options: [
      { flags: '-f, --follow', description: 'go on until it ends' },
      { flags: '--since <time>', description: 'from then on: a time, or how long ago (10m)' },
      { flags: '--tail <lines>', description: 'the last lines only' },
      { flags: '-t, --timestamps', description: 'before each line, when it was written' },
      ...scopeOptions,
    ],
    examples: [{ command: 'sandshim logs -f --tail 20 web', note: 'its last 20 lines, and what comes' }],
    load: async () => (await import('../actions/logs.ts')).logs,
  },
  {
    name: 'pids',
    aliases: ['top'],
    group,
    summary: 'List the processes of a container',
    details:
      'For runsc they are the pids inside the sandbox; for runc those of the host, with what the host knows of each.',
    args: ['<id>'],
    options: [quietOption, ...outputOptions, ...scopeOptions],
    examples: [{ command: 'sandshim pids web', note: 'its processes, and which exec each belongs to' }],
    load: async () => (await import('../actions/pids.ts')).pids,
  },
  {
    name: 'stats',
    group,
    summary: 'Show what containers use: CPU, memory, pids, io, network',
    args: ['[id...]'],
    options: [
      { flags: '--no-stream', description: 'measure for one second and end' },
      ...outputOptions,
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim stats', note: 'a table that renews itself until ctrl-C' },
      { command: 'sandshim stats --no-stream --json web', note: 'one measurement, for a program' },
    ],
    load: async () => (await import('../actions/stats.ts')).stats,
  },
  {
    name: 'events',
    group,
    summary: 'Follow what happens to containers',
    details:
      "containerd's events from now on, and those of sandshim's own containers, which are also kept for --since. " +
      'Events of containerd that are past cannot be had: it keeps none.',
    options: [
      { flags: '--since <time>', description: "sandshim's own from then on: a time, or how long ago (10m)" },
      { flags: '--filter <key=value>', description: 'topic=, id= or namespace=', repeatable: true },
      { flags: '--no-follow', description: 'end after those that are past' },
      ...outputOptions,
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim events -A --filter topic=exit --filter topic=oom', note: 'only how containers end' },
      { command: 'sandshim events --since 1h --no-follow --json', note: 'the last hour, a JSON object per line' },
    ],
    load: async () => (await import('../actions/events.ts')).events,
  },
];
