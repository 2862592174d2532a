import { join } from 'node:path';
import { loadState } from '@sandshim/proc';
import { Runsc } from '@sandshim/runsc-client';
import { CliError } from '../errors/cli-error.ts';
import type { Host } from '../host/host.ts';
import type { TaskFolder } from '../state/task-folders.ts';

/**
 * The runsc that a task's sandbox was made with, by what its shim wrote into the bundle: our own shim's file, or gVisor's.
 * @throws CliError `failed_precondition` for a container that is not runsc's.
 */
export async function sandboxRuntime(host: Host, task: TaskFolder): Promise<Runsc> {
  const saved = await loadState(task.bundle);
  if (saved?.runtime === 'runsc') {
    return new Runsc({
      command: saved.binary,
      root: saved.root,
      ...(saved.flags === undefined ? {} : { flags: saved.flags }),
    });
  }
  const foreign = saved === undefined ? gvisorState(await host.readText(join(task.bundle, 'state.json'))) : undefined;
  if (foreign !== undefined) return new Runsc({ command: foreign.binary, root: join(foreign.root, task.namespace) });
  throw new CliError('failed_precondition', `${task.id} is no gVisor sandbox`, {
    advice: 'debug works on runsc containers; for others see: sandshim pids, sandshim stats',
  });
}

const defaultRoot = '/run/containerd/runsc';

function gvisorState(source: string | undefined): { readonly binary: string; readonly root: string } | undefined {
  if (source === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    // Not gVisor's.
    return undefined;
  }
  const options = property(value, 'options');
  if (options === undefined) return undefined;
  return { binary: text(options, 'binaryName') ?? 'runsc', root: text(options, 'root') ?? defaultRoot };
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function text(value: unknown, name: string): string | undefined {
  const found = property(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
