import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseContainerId, parseExecId } from '@sandshim/runsc-client';
import type { Container, ContainerEvent } from '../container.ts';
import { createContainer } from '../create-container.ts';
import type { CreateContainerOptions, ProcDeps } from '../create-options.ts';
import { Reaper } from '../reaper/reaper.ts';
import { fakeIo } from './fake-io.ts';
import { type FakeRuntime, fakeRuntime } from './fake-runtime.ts';
import { type FakeSys, fakeSys } from './fake-sys.ts';

/** A container's surroundings, all fake but its bundle. */
export interface FakeStand extends Disposable {
  readonly bundle: string;
  readonly sys: FakeSys;
  readonly runtime: FakeRuntime;
  readonly deps: ProcDeps;
  readonly events: ContainerEvent[];
  readonly io: string[];
  readonly warnings: string[];
  /** Pids with the signals that they were sent. */
  readonly kills: string[];
  create(spec?: unknown, options?: Partial<CreateContainerOptions>): Promise<Container>;
  /** Ends a child and lets everything that follows from it happen. */
  end(pid: number, how: { readonly code: number } | { readonly signal: number }): Promise<void>;
}

export const privateNamespaces = { linux: { namespaces: [{ type: 'pid' }] } };

export function fakeStand(name: 'runsc' | 'runc'): FakeStand {
  const bundle = mkdtempSync(join(tmpdir(), 'sandshim-fake-'));
  const sys = fakeSys();
  const runtime = fakeRuntime(name, sys);
  const events: ContainerEvent[] = [];
  const io: string[] = [];
  const warnings: string[] = [];
  const kills: string[] = [];
  const reaper = new Reaper({ sys, signals: sys.signals, isAlive: () => true });
  const deps: ProcDeps = {
    ...{ sys, runtime, reaper, openIo: fakeIo(io) },
    onEvent: (event) => events.push(event),
    kill: (pid, signal) => {
      kills.push(`${pid} ${signal}`);
      return true;
    },
    onWarning: (message) => warnings.push(message),
    limits: { execExitMs: 20, drainMs: 20 },
  };
  return {
    ...{ bundle, sys, runtime, deps, events, io, warnings, kills },
    create(spec = privateNamespaces, options = {}) {
      writeFileSync(join(bundle, 'config.json'), typeof spec === 'string' ? spec : JSON.stringify(spec));
      const streams = { stdin: '', stdout: '/out', stderr: '', terminal: false };
      const fixed = { id: parseContainerId('box'), bundle, namespace: 'test' };
      return createContainer({ ...fixed, ...streams, ...options }, deps);
    },
    async end(pid, how) {
      sys.end(pid, how);
      sys.signals.emit('SIGCHLD');
      await turn();
    },
    [Symbol.dispose]() {
      reaper[Symbol.dispose]();
      rmSync(bundle, { recursive: true, force: true });
    },
  };
}

/** Lets promises and immediates that are due run. */
export async function turn(): Promise<void> {
  for (let step = 0; step < 10; step += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function execIn(container: Container, id: string) {
  const streams = { stdin: '', stdout: '/out', stderr: '', terminal: false };
  return container.addExec(parseExecId(id), { ...streams, process: { args: ['true'], cwd: '/' } });
}

/** Events in short: type, exec, status. */
export function told(events: readonly ContainerEvent[]): readonly string[] {
  return events.map((event) => {
    const exec = 'exec' in event && event.exec !== undefined ? ` ${event.exec}` : '';
    return `${event.type}${exec}${'exit' in event ? ` ${event.exit.status}` : ''}`;
  });
}
