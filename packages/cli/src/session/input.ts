import type { Writable } from 'node:stream';
import type { Cli } from '../program/cli.ts';
import { DetachKeys } from './detach-keys.ts';

export interface ConnectedInput extends Disposable {
  /** Settles if the keys for it are typed. */
  readonly detached: Promise<void>;
}

/** Copies our stdin to a process's until disposed. */
export function connectInput(
  cli: Pick<Cli, 'stdin'>,
  options: {
    readonly to: Writable | undefined;
    readonly terminal: boolean;
    /** Our stdin has ended, and all of it was taken. */
    readonly onEnd: () => void;
  },
): ConnectedInput {
  const { to, terminal, onEnd } = options;
  const { promise: detached, resolve: onDetach } = Promise.withResolvers<void>();
  if (to === undefined) return { detached, [Symbol.dispose]: () => undefined };
  using stack = new DisposableStack();
  const { stdin } = cli;
  stack.defer(() => {
    stdin.unpipe();
    // A terminal or pipe that is still being read would keep this command alive.
    stdin.destroy();
  });
  to.on('error', () => to.destroy());
  to.once('finish', onEnd);
  const keys = terminal ? new DetachKeys(onDetach) : undefined;
  if (keys === undefined) stdin.pipe(to);
  else stdin.pipe(keys).pipe(to);
  const cleanUp = stack.move();
  return { detached, [Symbol.dispose]: () => cleanUp.dispose() };
}
