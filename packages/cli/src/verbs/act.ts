import { scopeOptions } from '../program/common-options.ts';
import type { Verb } from '../program/verb.ts';

const group = 'Act on containers';

/** Verbs that change a container that is there. */
export const actVerbs: readonly Verb[] = [
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
