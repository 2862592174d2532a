import { basename, join } from 'node:path';
import { openSys } from '@sandshim/io/sys';
import {
  type ContainerId,
  parseContainerId,
  parseExecId,
  Runc,
  Runsc,
  type RunscFlags,
  type Runtime,
} from '@sandshim/runsc-client';
import { ControlledRuntime } from '@sandshim/runsc-client/control';
import {
  type Container,
  type ContainerEvent,
  type ContainerProcess,
  type CreateContainerOptions,
  createContainer,
  type ProcDeps,
  type ProcLimits,
  Reaper,
  reapedSpawner,
} from '../../src/index.ts';
import { type BundleOptions, processOf, type Workspace, workspace } from './bundle.ts';
import { openFileIo } from './file-io.ts';

/** Everything a test needs to run containers below one runtime, in folders of its own. */
export interface Stand extends AsyncDisposable {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly reaper: Reaper;
  readonly deps: ProcDeps;
  readonly events: ContainerEvent[];
  readonly warnings: string[];
  readonly root: string;
  /** The id of the container of that name: runsc's sandboxes share one space of names on the host. */
  id(name: string): ContainerId;
  create(
    name: string,
    options: BundleOptions & { readonly with?: Partial<CreateContainerOptions> },
  ): Promise<Container>;
}

export interface StandOptions {
  readonly limits?: Partial<ProcLimits>;
  readonly openIo?: ProcDeps['openIo'];
  readonly flags?: RunscFlags;
}

/** A runtime's command line, or runsc's with the sandboxes' control sockets. */
export type StandRuntime = 'runsc' | 'runc' | 'controlled runsc';

export async function stand(name: StandRuntime, options: StandOptions = {}): Promise<Stand> {
  const sys = await openSys();
  const place = workspace();
  const reaper = new Reaper({ sys });
  const root = join(place.folder, 'root');
  const common = { root, log: join(place.folder, 'log.json'), spawner: reapedSpawner(sys, reaper) };
  const flags: RunscFlags = { platform: 'ptrace', network: 'none', overlay2: 'none', ...options.flags };
  const runsc = new Runsc({ ...common, flags });
  const { spawner } = common;
  const runtimes: Readonly<Record<StandRuntime, Runtime>> = {
    runsc,
    runc: new Runc(common),
    'controlled runsc': new ControlledRuntime(runsc, { globals: { ...common, flags }, spawner, sender: sys }),
  };
  const runtime = runtimes[name];
  const events: ContainerEvent[] = [];
  const warnings: string[] = [];
  const deps: ProcDeps = {
    ...{ sys, reaper, runtime },
    openIo: options.openIo ?? openFileIo,
    onEvent: (event) => events.push(event),
    onWarning: (message, cause) => warnings.push(`${message}: ${String(cause)}`),
    ...(options.limits && { limits: options.limits }),
  };
  const unique = basename(place.folder).replaceAll(/[^A-Za-z0-9]/g, '');
  const id = (name: string) => parseContainerId(`${name}-${unique}`);
  return {
    ...{ workspace: place, runtime, reaper, deps, events, warnings, root },
    id,
    create(name, bundle) {
      const path = place.bundle(name, bundle);
      const io = { stdin: '', stdout: '', stderr: '', terminal: false };
      const container = { id: id(name), bundle: path, namespace: 'test', ...io, ...bundle.with };
      return createContainer(container, deps);
    },
    async [Symbol.asyncDispose]() {
      for (const left of await runtime.list()) await runtime.delete(parseContainerId(left.id), { force: true });
      reaper[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

/** An exec without streams. */
export function execOf(container: Container, id: string, args: readonly string[]): ContainerProcess {
  const io = { stdin: '', stdout: '', stderr: '', terminal: false };
  return container.addExec(parseExecId(id), { ...io, process: processOf(args) });
}
