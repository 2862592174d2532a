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
    /** What is said before this settles is shown after it: a runtime that fails to create a container says so on the container's stderr. */
    readonly created: Promise<unknown>;
  },
): ConnectedOutputs {
  const { fifos, onOutput, created } = options;
  const unread = Promise.withResolvers<void>();
  const onPipeError = (): void => unread.resolve();
  cli.stdout.on('error', onPipeError);
  const ended = Promise.all([
    copyOutput(fifos.stdout, { to: cli.stdout, created, onChunk: (chunk) => onOutput?.('stdout', chunk) }),
    copyOutput(fifos.stderr, { to: cli.stderr, created, onChunk: (chunk) => onOutput?.('stderr', chunk) }),
  ]);
  return {
    ended: ended.then(() => undefined),
    unread: unread.promise,
    [Symbol.dispose]: () => void cli.stdout.off('error', onPipeError),
  };
}

// Not a pipeline: that would end our own stdout with the process's.
function copyOutput(
  from: Readable | undefined,
  options: { readonly to: Writable; readonly created: Promise<unknown>; readonly onChunk: (chunk: Uint8Array) => void },
): Promise<void> {
  if (from === undefined) return Promise.resolve();
  const { to, created, onChunk } = options;
  return new Promise((resolve) => {
    // Listened for now, though it flows later: it happens once only.
    from.once('close', resolve);
    from.on('error', () => from.destroy());
    const flow = (): void => {
      from.on('data', (chunk: Uint8Array) => {
        onChunk(chunk);
        // What nobody wants is still taken: a full fifo would keep the process from ending.
        if (to.destroyed || to.errored !== null || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
        to.once('close', () => from.resume());
      });
      from.resume();
    };
    created.then(flow, () => from.destroy());
  });
}
