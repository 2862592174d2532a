import type { Readable, Writable } from 'node:stream';
import type { ClientFifos } from '@sandshim/io';
import type { Cli } from '../program/cli.ts';
import { DetachKeys } from './detach-keys.ts';
import { rawTerminal } from './raw-terminal.ts';

export interface ConnectedStreams extends Disposable {
  /** All output has reached our stdout and stderr. */
  readonly outputEnded: Promise<void>;
  /** Settles if the keys for it are typed. */
  readonly detached: Promise<void>;
  /** Settles if the reader of our stdout goes away. */
  readonly unread: Promise<void>;
}

export interface ConnectOptions {
  readonly fifos: ClientFifos;
  readonly terminal: boolean;
  readonly onOutput: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) | undefined;
  /** Our stdin has ended and all of it is in the fifo. */
  readonly onStdinEnd: () => void;
}

/** Copies between this command's streams and a process's fifos; disposing leaves our own streams as they were. */
export function connectStreams(cli: Cli, options: ConnectOptions): ConnectedStreams {
  const { fifos, terminal, onOutput } = options;
  const detached = Promise.withResolvers<void>();
  const unread = Promise.withResolvers<void>();
  using stack = new DisposableStack();
  const onPipeError = (): void => unread.resolve();
  cli.stdout.on('error', onPipeError);
  stack.defer(() => void cli.stdout.off('error', onPipeError));
  const outputs = [
    copyOutput(fifos.stdout, cli.stdout, (chunk) => onOutput?.('stdout', chunk)),
    copyOutput(fifos.stderr, cli.stderr, (chunk) => onOutput?.('stderr', chunk)),
  ];
  if (fifos.stdin !== undefined) {
    if (terminal && cli.stdin.isTTY === true) stack.use(rawTerminal(cli));
    stack.use(
      copyInput(cli.stdin, {
        to: fifos.stdin,
        onEnd: options.onStdinEnd,
        onDetach: terminal ? detached.resolve : undefined,
      }),
    );
  }
  const cleanUp = stack.move();
  return {
    outputEnded: Promise.all(outputs).then(() => undefined),
    detached: detached.promise,
    unread: unread.promise,
    [Symbol.dispose]: () => cleanUp.dispose(),
  };
}

// Not a pipeline: that would end our own stdout with the process's.
function copyOutput(from: Readable | undefined, to: Writable, onChunk: (chunk: Uint8Array) => void): Promise<void> {
  if (from === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    from.on('data', (chunk: Uint8Array) => {
      onChunk(chunk);
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.once('close', resolve);
    from.on('error', () => from.destroy());
  });
}

function copyInput(
  from: NodeJS.ReadStream,
  options: { readonly to: Writable; readonly onEnd: () => void; readonly onDetach: (() => void) | undefined },
): Disposable {
  const { to, onEnd, onDetach } = options;
  const keys = onDetach === undefined ? undefined : new DetachKeys(onDetach);
  to.on('error', () => to.destroy());
  // The reading side holds what is in a fifo only as long as it is open: the end is told once all has been taken.
  to.once('finish', onEnd);
  if (keys === undefined) from.pipe(to);
  else from.pipe(keys).pipe(to);
  return {
    [Symbol.dispose]: () => {
      from.unpipe();
      from.pause();
      // A terminal or pipe that is still being read would keep this command alive.
      from.destroy();
    },
  };
}
