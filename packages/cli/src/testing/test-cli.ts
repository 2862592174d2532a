import { PassThrough } from 'node:stream';
import type { Host } from '../host/host.ts';
import { createHost } from '../host/real-host.ts';
import { runReporting } from '../main.ts';
import { createStyle } from '../output/style.ts';
import type { Cli } from '../program/cli.ts';

/** What a command said and answered. */
export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line inside the test, on a machine of its own. */
export async function runCli(
  argv: readonly string[],
  options: {
    readonly host?: Host;
    readonly root?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly uid?: number;
  } = {},
): Promise<CommandOutcome> {
  const { env = {}, uid = 0, root = '/nonexistent' } = options;
  const [stdin, stdout, stderr] = [new PassThrough(), capture(), capture()];
  const cli: Cli = {
    env,
    // Streams as far as a command without a terminal uses them.
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout.stream as unknown as NodeJS.WriteStream,
    stderr: stderr.stream as unknown as NodeJS.WriteStream,
    style: createStyle({ isTTY: false }, env),
    host: options.host ?? createHost({ root }),
    now: () => new Date('2026-01-31T08:00:00Z'),
    uid,
    takeSignals: () => ({ [Symbol.dispose]: () => undefined }),
  };
  const status = await runReporting(cli, argv);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function capture(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}
