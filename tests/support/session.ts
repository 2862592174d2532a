import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  // It may end while a test still types.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const kill = async (): Promise<void> => {
    if (isRunning(child)) child.kill('SIGKILL');
    await ended;
  };
  return {
    get output() {
      return output;
    },
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    saw: async (text) => {
      const there = () => (typeof text === 'string' ? output.includes(text) : text.test(output)) || undefined;
      const what = `${text} from ${command} ${args.join(' ')}`;
      await eventually(there, { what }).catch((error: unknown) => {
        throw new Error(`it wrote only ${JSON.stringify(output)}`, { cause: error });
      });
    },
    exited: async () => {
      await eventually(() => (isRunning(child) ? undefined : true), { what: `${command} ${args.join(' ')} to end` });
      await ended;
      return child.exitCode ?? 128;
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
