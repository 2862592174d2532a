import { type ChildProcess, spawn } from 'node:child_process';
import { type Capture, captureHead, captureTail } from './capture.ts';
import { parsePid } from './ids.ts';
import type { SpawnedCommand, Spawner, SpawnRequest, SpawnResult } from './spawner.ts';

// A background child of the command may hold its stdout open for ever: after the command's own end, its output gets this long.
const drainMs = 1_000;
const maxStderrBytes = 64 * 1_024;

/**
 * The {@link Spawner} that starts real processes: each in a process group (and session) of its own, killed as a whole when
 * its signal aborts or its time is up. It owns no descriptor that it was given, and leaves no timer and no listener.
 */
export const spawnCommand: Spawner = (request) => {
  if (request.signal?.aborted === true) return notStarted({ aborted: true });
  let child: ChildProcess;
  try {
    child = start(request);
  } catch (cause) {
    return notStarted({ aborted: false, spawnError: startError(cause) });
  }
  return child.pid === undefined ? failedToStart(child) : supervise(request, { child, pid: child.pid });
};

function start(request: SpawnRequest): ChildProcess {
  return spawn(request.file, request.args, {
    stdio: stdioOf(request),
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.env === undefined ? {} : { env: request.env }),
    detached: true,
  });
}

/** A system call that failed says so itself; the others are what cannot be an argument at all: a null byte in it. */
function startError(cause: unknown): NodeJS.ErrnoException {
  if (isSystemError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return Object.assign(new Error(message, { cause }), { code: 'EINVAL' });
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}

type Target = 'pipe' | 'ignore' | number;

function stdioOf(request: SpawnRequest): Target[] {
  const extraFds: readonly number[] = request.extraFds ?? [];
  if (request.stdio === undefined) {
    return [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extraFds];
  }
  const given = (fd: number | null): Target => fd ?? 'ignore';
  const { stdin, stdout, stderr } = request.stdio;
  return [given(stdin), given(stdout), given(stderr), ...extraFds];
}

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
}

function supervise(request: SpawnRequest, { child, pid }: Started): SpawnedCommand {
  const cause = { aborted: false, timedOut: false };
  const kill = (why: 'aborted' | 'timedOut') => {
    cause[why] = true;
    if (child.exitCode === null && child.signalCode === null) killGroup(pid);
  };
  const onAbort = () => kill('aborted');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = request.timeoutMs === undefined ? undefined : setTimeout(kill, request.timeoutMs, 'timedOut');
  const output = captureOutput(request, child);
  giveInput(request, child);

  const { promise: exited, resolve: onExit } = Promise.withResolvers<void>();
  let drainTimer: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    // Who was killed has no last words.
    drainTimer = setTimeout(() => output.end(), cause.aborted || cause.timedOut ? 0 : drainMs);
    onExit();
  });
  const { promise: result, resolve: onResult } = Promise.withResolvers<SpawnResult>();
  child.once('close', (exitCode, signal) => {
    clearTimeout(drainTimer);
    onResult({
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
      ...cause,
      stdout: output.stdout?.text() ?? '',
      stdoutTruncated: output.stdout?.truncated ?? false,
      stderr: output.stderr?.text() ?? '',
    });
  });
  return { pid: parsePid(pid), exited, result };
}

/** The command and all that it has started, unless that left its process group. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function giveInput({ input }: SpawnRequest, { stdin }: ChildProcess): void {
  // A command that ends without reading all of it breaks the pipe; its exit says what there is to say.
  stdin?.on('error', () => stdin.destroy());
  if (input !== undefined) stdin?.end(input);
}

interface Output {
  readonly stdout?: Capture;
  readonly stderr?: Capture;
  end(): void;
}

function captureOutput(request: SpawnRequest, { stdout, stderr }: ChildProcess): Output {
  // What breaks has ended; what came is what there is.
  for (const stream of [stdout, stderr]) stream?.on('error', () => stream.destroy());
  if (request.onStdout !== undefined) stdout?.on('data', request.onStdout);
  const captureStdout = stdout && request.onStdout === undefined;
  return {
    ...(captureStdout ? { stdout: captureHead(stdout, request.maxCaptureBytes) } : {}),
    ...(stderr ? { stderr: captureTail(stderr, Math.min(request.maxCaptureBytes, maxStderrBytes)) } : {}),
    end: () => {
      stdout?.destroy();
      stderr?.destroy();
    },
  };
}

function failedToStart(child: ChildProcess): SpawnedCommand {
  const { promise, resolve } = Promise.withResolvers<SpawnResult>();
  child.once('error', (spawnError) => {
    resolve({ spawnError, aborted: false, timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' });
  });
  return { exited: Promise.resolve(), result: promise };
}

function notStarted(why: Pick<SpawnResult, 'aborted' | 'spawnError'>): SpawnedCommand {
  const result: SpawnResult = { ...why, timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' };
  return { exited: Promise.resolve(), result: Promise.resolve(result) };
}
