import { scopeOptions } from '../program/common-options.ts';
import type { Verb } from '../program/verb.ts';

const group = 'Act on containers';

/** Verbs that change a container that is there. */
export const actVerbs: readonly Verb[] = [
  {
    name: 'exec',
    group,
    summary: 'Run a command in a running container',
    details:
      "Exit status: the command's; 127 if there is no such command, 126 if it cannot be run, 125 for other failures.",
    args: ['<id>', '[command...]'],
    passThrough: true,
    options: [
      { flags: '-i, --interactive', description: 'pass our stdin on' },
      { flags: '-t, --tty', description: 'give it a terminal' },
      { flags: '-d, --detach', description: 'do not wait for it' },
      {
        flags: '-e, --env <name=value>',
        description: 'an environment variable; a name alone passes ours on',
        repeatable: true,
      },
      { flags: '-w, --workdir <folder>', description: 'the folder that it starts in' },
      { flags: '-u, --user <user>', description: 'user or user:group, by name or number' },
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim exec -it web sh', note: 'a shell in the container web' },
      { command: 'sandshim exec -u www -e DEBUG=1 web ./report --daily', note: 'one command as another user' },
    ],
    load: async () => (await import('../actions/exec.ts')).exec,
  },
  {
    name: 'kill',
    group,
    summary: 'Send a signal to containers',
    args: ['<id...>'],
    options: [
      { flags: '-s, --signal <signal>', description: 'a name or number; KILL unless given' },
      { flags: '-a, --all', description: 'every process of the container, not only its first' },
      { flags: '--exec-id <id>', description: 'one exec of the container' },
      ...scopeOptions,
    ],
    examples: [
      { command: 'sandshim kill -s HUP web', note: 'tells the first process to read its configuration again' },
    ],
    load: async () => (await import('../actions/control.ts')).kill,
  },
  {
    name: 'wait',
    group,
    summary: 'Wait until containers end, and print their exit status',
    args: ['<id...>'],
    options: [{ flags: '--exec-id <id>', description: 'one exec of the container' }, ...scopeOptions],
    examples: [{ command: 'sandshim wait job', note: 'prints 0 once job has succeeded' }],
    load: async () => (await import('../actions/wait.ts')).wait,
  },
  {
    name: 'pause',
    group,
    summary: 'Freeze every process of containers',
    args: ['<id...>'],
    options: [...scopeOptions],
    examples: [{ command: 'sandshim pause web', note: 'until sandshim resume web' }],
    load: async () => (await import('../actions/control.ts')).pause,
  },
  {
    name: 'resume',
    aliases: ['unpause'],
    group,
    summary: 'Let paused containers go on',
    args: ['<id...>'],
    options: [...scopeOptions],
    examples: [{ command: 'sandshim resume web', note: 'after sandshim pause web' }],
    load: async () => (await import('../actions/control.ts')).resume,
  },
];
