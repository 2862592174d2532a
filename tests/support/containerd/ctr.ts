import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CtrOptions {
  readonly namespace?: string;
  readonly input?: string | Uint8Array;
  /** The bound that only a hang reaches. Default 60 s. */
  readonly timeoutMs?: number;
}

/** How a `ctr` command ended. A command that fails is an answer, not an exception. */
export interface CtrResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
}

/** Runs containerd's own command line against one containerd. */
export type Ctr = (args: readonly string[], options?: CtrOptions) => Promise<CtrResult>;

/** A `ctr` of one version, pointed at one address. Throws when a command hangs or cannot be started. */
export function ctrOf({ program, address, namespace }: CtrTarget): Ctr {
  return async (args, options = {}) => {
    const all = ['--address', address, '--namespace', options.namespace ?? namespace, ...args];
    const timeout = options.timeoutMs ?? 60_000;
    await using output = await openOutput();
    const child = spawn(program, all, {
      // Into files: ctr gives up a copy half way where a write would block, as on the socket pairs that Node calls pipes.
      stdio: [options.input === undefined ? 'ignore' : 'pipe', output.stdout.fd, output.stderr.fd],
      timeout,
      killSignal: 'SIGKILL',
    });
    // A container may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(options.input);
    await once(child, 'close');
    const { stdout, stderr } = await output.read();
    const { exitCode } = child;
    if (exitCode === null) throw new Error(`ctr ${args.join(' ')} did not end within ${timeout} ms: ${stderr}`);
    return {
      exitCode,
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      stdoutBytes: stdout,
    };
  };
}

/** Two files for what a program writes; gone at the end. */
async function openOutput() {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-ctr-'));
  const stdout = await open(join(folder, 'stdout'), 'w');
  const stderr = await open(join(folder, 'stderr'), 'w');
  return {
    stdout,
    stderr,
    read: async () => ({
      stdout: await readFile(join(folder, 'stdout')),
      stderr: await readFile(join(folder, 'stderr')),
    }),
    [Symbol.asyncDispose]: async () => {
      await stdout.close();
      await stderr.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface CtrTarget {
  readonly program: string;
  readonly address: string;
  /** Used by commands that name no other. */
  readonly namespace: string;
}
