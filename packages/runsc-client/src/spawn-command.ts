import type { Readable } from 'node:stream';
import { execa } from 'execa';
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
  let subprocess: Subprocess;
  try {
    subprocess = start(request);
  } catch (cause) {
    // What cannot be an argument at all: a null byte in it.
    const message = cause instanceof Error ? cause.message : String(cause);
    return notStarted({ aborted: false, spawnError: Object.assign(new Error(message, { cause }), { code: 'EINVAL' }) });
  }
  if (subprocess.pid === undefined) return failedToStart(subprocess);
  return supervise(request, subprocess);
};

function start(request: SpawnRequest) {
  return execa(request.file, request.args, {
    stdio: stdioOf(request),
    ...(request.input === undefined ? {} : { input: request.input }),
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.env === undefined ? {} : { env: request.env, extendEnv: false }),
    killDescendants: true,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    encoding: 'buffer',
  });
}

type Subprocess = ReturnType<typeof start>;

// execa's types know the descriptors up to 9 alone; its code, and Node's, takes any.
type Descriptor = 3;
type Target = 'pipe' | 'ignore' | Descriptor;

function stdioOf(request: SpawnRequest): [Target, Target, Target, ...Descriptor[]] {
  const extraFds = (request.extraFds ?? []) as readonly number[] as readonly Descriptor[];
  if (request.stdio === undefined) {
    return [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extraFds];
  }
  const given = (fd: number | null): Target => (fd === null ? 'ignore' : (fd as Descriptor));
  const { stdin, stdout, stderr } = request.stdio;
  return [given(stdin), given(stdout), given(stderr), ...extraFds];
}

function supervise(request: SpawnRequest, subprocess: Subprocess): SpawnedCommand {
  const { nodeChildProcess: child } = subprocess;
  const cause = { aborted: false, timedOut: false };
  const kill = (why: 'aborted' | 'timedOut') => {
    cause[why] = true;
    if (child.exitCode === null && child.signalCode === null) subprocess.kill('SIGKILL');
  };
  const onAbort = () => kill('aborted');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = request.timeoutMs === undefined ? undefined : setTimeout(kill, request.timeoutMs, 'timedOut');
  const output = captureOutput(request, subprocess);

  const { promise: exited, resolve: onExit } = Promise.withResolvers<void>();
  let drainTimer: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    // Who was killed has no last words.
    drainTimer = setTimeout(() => output.end(), cause.aborted || cause.timedOut ? 0 : drainMs);
    onExit();
  });
  const finish = async (): Promise<SpawnResult> => {
    const { exitCode, signal } = await subprocess;
    clearTimeout(drainTimer);
    return {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal: signal as NodeJS.Signals }),
      ...cause,
      stdout: output.stdout?.text() ?? '',
      stdoutTruncated: output.stdout?.truncated ?? false,
      stderr: output.stderr?.text() ?? '',
    };
  };
  return { pid: parsePid(subprocess.pid), exited, result: finish() };
}

interface Output {
  readonly stdout?: Capture;
  readonly stderr?: Capture;
  end(): void;
}

function captureOutput(request: SpawnRequest, subprocess: Subprocess): Output {
  const stdout: Readable | null | undefined = subprocess.stdout;
  const stderr: Readable | null | undefined = subprocess.stderr;
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

function failedToStart(subprocess: Subprocess): SpawnedCommand {
  const result = subprocess.then((ended): SpawnResult => {
    const cause: unknown = ended.cause;
    const spawnError = cause instanceof Error ? cause : new Error(`cannot start the command: ${String(cause)}`);
    return { spawnError, aborted: false, timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' };
  });
  return { exited: Promise.resolve(), result };
}

function notStarted(why: Pick<SpawnResult, 'aborted' | 'spawnError'>): SpawnedCommand {
  const result: SpawnResult = { ...why, timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' };
  return { exited: Promise.resolve(), result: Promise.resolve(result) };
}
