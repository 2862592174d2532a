import { join } from 'node:path';
import { openSys } from '@sandshim/io/sys';
import { parseContainerId, Runc, type Runtime, Runsc, spawnCommand } from '@sandshim/runsc-client';
import {
  type Container,
  type ContainerEvent,
  type CreateContainerOptions,
  createContainer,
  type ProcDeps,
  type ProcLimits,
  Reaper,
} from '../../src/index.ts';
import { type BundleOptions, type Workspace, workspace } from './bundle.ts';
import { openFileIo } from './file-io.ts';

/** Everything a test needs to run containers below one runtime, in folders of its own. */
export interface Stand extends Disposable {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly reaper: Reaper;
  readonly deps: ProcDeps;
  readonly events: ContainerEvent[];
  readonly warnings: string[];
  readonly root: string;
  create(name: string, options: BundleOptions & { readonly with?: Partial<CreateContainerOptions> }): Promise<Container>;
}

export interface StandOptions {
  readonly limits?: Partial<ProcLimits>;
  readonly openIo?: ProcDeps['openIo'];
  readonly flags?: Readonly<Record<string, string>>;
}

export async function stand(name: 'runsc' | 'runc', options: StandOptions = {}): Promise<Stand> {
  const sys = await openSys();
  const place = workspace();
  const reaper = new Reaper({ sys });
  const root = join(place.folder, 'root');
  const common = { root, log: join(place.folder, 'log.json'), spawner: reaper.wrap(spawnCommand) };
  const flags = { platform: 'ptrace', network: 'none', ...options.flags };
  const runtime = name === 'runsc' ? new Runsc({ ...common, flags }) : new Runc(common);
  const events: ContainerEvent[] = [];
  const warnings: string[] = [];
  const deps: ProcDeps = {
    ...{ sys, reaper, runtime },
    openIo: options.openIo ?? openFileIo,
    onEvent: (event) => events.push(event),
    onWarning: (message, cause) => warnings.push(`${message}: ${String(cause)}`),
    ...(options.limits && { limits: options.limits }),
  };
  return {
    ...{ workspace: place, runtime, reaper, deps, events, warnings, root },
    create(id, bundle) {
      const path = place.bundle(id, bundle);
      const io = { stdin: '', stdout: '', stderr: '', terminal: false };
      const container = { id: parseContainerId(id), bundle: path, namespace: 'test', ...io, ...bundle.with };
      return createContainer(container, deps);
    },
    [Symbol.dispose]() {
      reaper[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}
