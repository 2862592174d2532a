import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { eventually } from './eventually.ts';

/** A program that a test talks with: types into it, waits for what it answers. */
export interface Session extends AsyncDisposable {
  /** All that it has written, stdout and stderr together. */
  readonly output: string;
  write(text: string): void;
  endInput(): void;
  /** Waits until this text, or a match, has been written. */
  saw(text: string | RegExp): Promise<void>;
  /** Its exit status; 128 + the number for a signal's. */
  exited(): Promise<number>;
  /** SIGKILL: the way a client vanishes. */
  kill(): Promise<void>;
}

export function startSession(command: string, args: readonly string[]): Session {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // It may end while a test still types.
  child.stdin.on('error', () => undefined);
  return sessionWith(child, {
    outputs: [child.stdout, child.stderr],
    ended: once(child, 'close'),
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
  });
}

/** How a test hears a program and talks to it. */
export interface SessionStreams extends Pick<Session, 'write' | 'endInput'> {
  readonly outputs: readonly Readable[];
  /** Settles when it has ended, and all of its output is here. */
  readonly ended: Promise<unknown>;
}

export function sessionWith(child: ChildProcess, { outputs, ended, write, endInput }: SessionStreams): Session {
  const name = child.spawnargs.join(' ');
  let output = '';
  for (const stream of outputs) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const kill = async (): Promise<void> => {
    if (isRunning(child)) child.kill('SIGKILL');
    await ended;
  };
  return {
    ...{ write, endInput, kill, [Symbol.asyncDispose]: kill },
    get output() {
      return output;
    },
    saw: async (text) => {
      const there = () => (typeof text === 'string' ? output.includes(text) : text.test(output)) || undefined;
      await eventually(there, { what: `${text} from ${name}` }).catch((error: unknown) => {
        throw new Error(`it wrote only ${JSON.stringify(output)}`, { cause: error });
      });
    },
    exited: async () => {
      await eventually(() => (isRunning(child) ? undefined : true), { what: `${name} to end` });
      await ended;
      return child.exitCode ?? 128;
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
