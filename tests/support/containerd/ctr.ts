import { execa } from 'execa';

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
    const result = await execa(program, all, {
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
      encoding: 'buffer',
      stripFinalNewline: false,
      reject: false,
      timeout,
      killSignal: 'SIGKILL',
    });
    const stderr = Buffer.from(result.stderr).toString();
    if (result.timedOut) throw new Error(`ctr ${args.join(' ')} did not end within ${timeout} ms: ${stderr}`);
    if (result.exitCode === undefined) throw new Error(`ctr ${args.join(' ')}: ${result.shortMessage}`);
    return {
      exitCode: result.exitCode,
      stdout: Buffer.from(result.stdout).toString(),
      stderr,
      stdoutBytes: result.stdout,
    };
  };
}

export interface CtrTarget {
  readonly program: string;
  readonly address: string;
  /** Used by commands that name no other. */
  readonly namespace: string;
}
