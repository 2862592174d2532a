import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Capture, captureHead, captureTail } from './capture.ts';
import { parsePid } from './ids.ts';
import type { SpawnedCommand, Spawner, SpawnRequest, SpawnResult } from './spawner.ts';

// A background child of the command may hold its stdout open for ever: after the command's own end, its output gets this long.
const drainMs = 1_000;
const maxStderrBytes = 64 * 1_024;

/** A process that leads a group of its own, and this side of its streams: those that the request does not give. */
export interface StartedProcess {
  readonly pid: number;
  /** Settles when the process has been reaped. Never rejects. */
  readonly ended: Promise<Pick<SpawnResult, 'exitCode' | 'signal'>>;
  readonly stdin?: Writable | null;
  readonly stdout?: Readable | null;
  readonly stderr?: Readable | null;
}

/**
 * Makes the process of a request, in the same tick; of the request it heeds all but `signal`, `timeoutMs`, and what becomes of the
 * output. It throws the system's error, or answers with it, where there is no process.
 */
export type StartProcess = (request: SpawnRequest) => StartedProcess | { readonly failed: Promise<Error> };

/** A {@link Spawner} out of a way to start processes. It kills, captures and keeps the time; and leaves no timer and no listener. */
export function supervised(start: StartProcess): Spawner {
  return (request) => {
    if (request.signal?.aborted === true) return notStarted({ aborted: true });
    try {
      const started = start(request);
      return 'failed' in started ? failedToStart(started.failed) : supervise(request, started);
    } catch (cause) {
      return notStarted({ aborted: false, spawnError: startError(cause) });
    }
  };
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

function supervise(request: SpawnRequest, child: StartedProcess): SpawnedCommand {
  const { pid, stdout, stderr } = child;
  const cause = { aborted: false, timedOut: false };
  let alive = true;
  const kill = (why: 'aborted' | 'timedOut') => {
    cause[why] = true;
    if (alive) killGroup(pid);
  };
  const onAbort = () => kill('aborted');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = request.timeoutMs === undefined ? undefined : setTimeout(kill, request.timeoutMs, 'timedOut');
  const output = captureOutput(request, child);
  giveInput(request, child);

  const exited = child.ended.then((end) => {
    alive = false;
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    child.stdin?.destroy();
    return end;
  });
  const outputs = [stdout, stderr].filter((stream) => stream !== null && stream !== undefined);
  const closed = Promise.allSettled(outputs.map((stream) => finished(stream, { writable: false, cleanup: true })));
  const finish = async (): Promise<SpawnResult> => {
    const end = await exited;
    // Who was killed has no last words.
    const drainTimer = setTimeout(() => output.end(), cause.aborted || cause.timedOut ? 0 : drainMs);
    await closed;
    clearTimeout(drainTimer);
    return {
      ...end,
      ...cause,
      stdout: output.stdout?.text() ?? '',
      stdoutTruncated: output.stdout?.truncated ?? false,
      stderr: output.stderr?.text() ?? '',
    };
  };
  return { pid: parsePid(pid), exited: exited.then(() => undefined), result: finish() };
}

/** The command and all that it has started, unless that left its process group. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function giveInput({ input }: SpawnRequest, { stdin }: StartedProcess): void {
  // A command that ends without reading all of it breaks the pipe; its exit says what there is to say.
  stdin?.on('error', () => stdin.destroy());
  if (input !== undefined) stdin?.end(input);
}

interface Output {
  readonly stdout?: Capture;
  readonly stderr?: Capture;
  end(): void;
}

function captureOutput(request: SpawnRequest, { stdout, stderr }: StartedProcess): Output {
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

function failedToStart(failed: Promise<Error>): SpawnedCommand {
  const result = failed.then((error): SpawnResult => ({ ...nothing, spawnError: startError(error), aborted: false }));
  return { exited: Promise.resolve(), result };
}

function notStarted(why: Pick<SpawnResult, 'aborted' | 'spawnError'>): SpawnedCommand {
  return { exited: Promise.resolve(), result: Promise.resolve({ ...nothing, ...why }) };
}

const nothing = { timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' } as const;
