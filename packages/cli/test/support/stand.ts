import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { binFolder } from '../../../../scripts/lib/paths.ts';
import { processesWith } from './processes.ts';

/** How one command of ours ended. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** The bound that only a hang reaches. */
  readonly timeoutMs?: number;
}

/** A state folder of our own and a root filesystem. Disposing removes every container, and fails if anything of them is left. */
export interface Stand extends AsyncDisposable {
  /** sandshim's state folder. */
  readonly root: string;
  readonly rootfs: string;
  readonly env: Readonly<Record<string, string>>;
  readonly program: string;
  /** Runs a command to its end, whatever its status. */
  sandshim(args: readonly string[], options?: CommandOptions): Promise<Outcome>;
  /** The same, which must succeed; answers with its stdout. */
  ok(args: readonly string[], options?: CommandOptions): Promise<string>;
}

const busybox = '/bin/busybox';

export async function createStand(): Promise<Stand> {
  // Short: a socket's path has to fit below it.
  const folder = await mkdtemp('/tmp/sandshim-cli-');
  const root = join(folder, 'r');
  const rootfs = join(folder, 'fs');
  await layRootfs(rootfs);
  const env = { SANDSHIM_ROOT: root, CONTAINERD_ADDRESS: join(folder, 'no-containerd.sock') };
  const program = join(binFolder, 'sandshim');
  const sandshim: Stand['sandshim'] = async (args, options = {}) => {
    const { input, timeoutMs = 60_000 } = options;
    const result = await execa(program, [...args], {
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      env: { ...env, ...options.env },
      reject: false,
      stripFinalNewline: false,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    if (result.timedOut) throw new Error(`sandshim ${args.join(' ')} did not end: ${result.stdout}${result.stderr}`);
    return { status: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  };
  return {
    root,
    rootfs,
    env,
    program,
    sandshim,
    ok: async (args, options) => {
      const { status, stdout, stderr } = await sandshim(args, options);
      if (status !== 0) throw new Error(`sandshim ${args.join(' ')} ended with ${status}: ${stderr}`);
      return stdout;
    },
    [Symbol.asyncDispose]: async () => {
      const ids = (await sandshim(['ps', '-q'])).stdout.split('\n').filter((id) => id !== '');
      if (ids.length > 0) await sandshim(['rm', '-f', ...ids]);
      const left = await processesWith(root);
      const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
        .split('\n')
        .filter((line) => line.includes(folder));
      await rm(folder, { recursive: true, force: true });
      if (left.length + mounts.length > 0) throw new Error(`left behind:\n${[...left, ...mounts].join('\n')}`);
    },
  };
}

async function layRootfs(rootfs: string): Promise<void> {
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp'])
    await mkdir(join(rootfs, name), { recursive: true });
  await copyFile(busybox, join(rootfs, 'bin/busybox'));
  const { stdout } = await execa(busybox, ['--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    await symlink('busybox', join(rootfs, 'bin', applet));
  }
  await writeFile(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:34:www:/tmp:/bin/sh\n');
  await writeFile(join(rootfs, 'etc/group'), 'root:x:0:\nwww:x:34:\nstaff:x:50:\n');
}

/** The flags of each runtime that work on every machine that runs the tests. */
export const runtimes: readonly { readonly runtime: string; readonly flags: readonly string[] }[] = [
  { runtime: 'runc', flags: ['--runtime', 'runc'] },
  { runtime: 'runsc', flags: ['--runtime', 'runsc', '--platform', 'ptrace'] },
];
