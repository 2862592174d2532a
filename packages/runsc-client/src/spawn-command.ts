import { type ChildProcess, spawn } from 'node:child_process';
import type { Spawner, SpawnRequest } from './spawner.ts';
import { type StartedProcess, type StartProcess, supervised } from './supervise.ts';

const start: StartProcess = (request) => {
  const child = spawn(request.file, request.args, {
    stdio: stdioOf(request),
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.env === undefined ? {} : { env: request.env }),
    detached: true,
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid !== undefined) return { pid, stdin, stdout, stderr, ended: endOf(child) };
  return { failed: new Promise((resolve) => void child.once('error', resolve)) };
};

/**
 * The {@link Spawner} that starts real processes: each in a process group (and session) of its own, killed as a whole when
 * its signal aborts or its time is up. It owns no descriptor that it was given, and leaves no timer and no listener.
 */
export const spawnCommand: Spawner = supervised(start);

function endOf(child: ChildProcess): StartedProcess['ended'] {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => {
      resolve({ ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) });
    });
  });
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
