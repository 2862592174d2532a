import { execa } from 'execa';
import { NeedError } from './need-error.ts';
import { root } from './paths.ts';
import { done, say } from './say.ts';

export interface StepOptions {
  /** What the user reads: "types", "unit tests". */
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Show the program's output as it comes; without it, only when the step fails. */
  readonly show?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs one program of a task from the root of the checkout. Throws NeedError after showing what it wrote. */
export async function step(options: StepOptions): Promise<void> {
  const started = performance.now();
  say(`${options.label} …`);
  const result = await execa(options.command, options.args, {
    cwd: options.cwd ?? root,
    reject: false,
    stdin: 'ignore',
    ...(options.show === true ? { stdout: 'inherit', stderr: 'inherit' } : { all: true }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  if (result.failed) {
    if (result.all !== undefined) process.stderr.write(`${result.all}\n`);
    throw new NeedError(`${options.label} failed: ${options.command} ${options.args.join(' ')}`);
  }
  done(`${options.label}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
