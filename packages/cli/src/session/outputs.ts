import type { Readable, Writable } from 'node:stream';
import type { ClientFifos } from '@sandshim/io';
import type { Cli } from '../program/cli.ts';

export interface ConnectedOutputs extends Disposable {
  /** All output has reached our stdout and stderr. */
  readonly ended: Promise<void>;
  /** Settles if the reader of our stdout goes away. */
  readonly unread: Promise<void>;
}

/**
 * Copies a process's output to our own. To be called before the process can say anything: a fifo that has already ended tells so once only.
 * Our own streams stay open.
 */
export function connectOutputs(
  cli: Cli,
  options: {
    readonly fifos: Pick<ClientFifos, 'stdout' | 'stderr'>;
    readonly onOutput: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) | undefined;
  },
): ConnectedOutputs {
  const { fifos, onOutput } = options;
  const unread = Promise.withResolvers<void>();
  const onPipeError = (): void => unread.resolve();
  cli.stdout.on('error', onPipeError);
  const ended = Promise.all([
    copyOutput(fifos.stdout, cli.stdout, (chunk) => onOutput?.('stdout', chunk)),
    copyOutput(fifos.stderr, cli.stderr, (chunk) => onOutput?.('stderr', chunk)),
  ]);
  return {
    ended: ended.then(() => undefined),
    unread: unread.promise,
    [Symbol.dispose]: () => void cli.stdout.off('error', onPipeError),
  };
}

// Not a pipeline: that would end our own stdout with the process's.
function copyOutput(from: Readable | undefined, to: Writable, onChunk: (chunk: Uint8Array) => void): Promise<void> {
  if (from === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    from.once('close', resolve);
    from.on('error', () => from.destroy());
    from.on('data', (chunk: Uint8Array) => {
      onChunk(chunk);
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
  });
}
