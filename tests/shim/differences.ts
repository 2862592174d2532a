/** One thing that the Go shim does and ours does not, or the other way round, and why. docs/parity.md lists them. */
export interface Difference {
  readonly what: string;
  readonly go: string;
  readonly ours: string;
  readonly why: string;
}

/** Every difference that the conformance suite knows of; a test that meets another one fails. */
export const differences = {
  'one stream alone': {
    what: 'stdout without stderr, or stderr without stdout',
    go: 'fails to create the container, or loses the output',
    ours: 'works as all three do',
    why: 'a client that wants one stream is entitled to it',
  },
  'early stdin close': {
    what: 'CloseIO before Start',
    go: 'is lost: the process waits for input that never ends',
    ours: 'is remembered: the process reads end of file',
    why: 'clients cannot know when the shim has opened stdin',
  },
  'one file for two streams': {
    what: 'both streams to one file:// URI, the first of which ends before the other',
    go: 'closes the file with the first: what the other still writes is lost',
    ours: 'closes it with the last',
    why: 'each stream may be closed at any time',
  },
  'checkpointed event': {
    what: 'the event /tasks/checkpointed',
    go: 'is never published',
    ours: 'is published after the checkpoint',
    why: 'containerd documents the topic',
  },
  'socket after a crash': {
    what: 'the socket file of a shim that was killed',
    go: 'stays in /run/containerd/s after the delete action',
    ours: 'is removed by the delete action',
    why: 'nobody else ever removes it',
  },
  'exec ids': {
    what: 'an exec id that is no identifier of containerd, such as ../escape',
    go: 'is accepted and becomes part of file names',
    ours: 'is refused as invalid_argument',
    why: 'containerd checks ids too, but a shim is also spoken to by others',
  },
  'pids of a stopped task': {
    what: 'Pids of a container that has stopped and is not deleted',
    go: 'is empty',
    ours: 'has the pid that init had',
    why: 'a containerd that comes back takes a task without a pid for a leaked one, and its exit status is lost',
  },
} as const satisfies Readonly<Record<string, Difference>>;
