import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';

const lookMs = 5_000;

/**
 * Settles once a spare has had its time: at `maxAgeMs`, or when the folder of containerd's namespace, which holds the bundle
 * of each container, was found empty at two looks in a row, 5 s apart.
 * @param bundle of the container whose shim planted the spare
 */
export async function outOfUse(options: {
  readonly bundle: string;
  readonly maxAgeMs: number;
  readonly lookMs?: number;
}): Promise<void> {
  const born = performance.now();
  const interval = options.lookMs ?? lookMs;
  let empty = 0;
  while (performance.now() - born < options.maxAgeMs && empty < 2) {
    await new Promise((resolve) => void setTimeout(resolve, Math.min(interval, options.maxAgeMs)).unref());
    empty = hasContainers(dirname(options.bundle)) ? 0 : empty + 1;
  }
}

function hasContainers(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => !name.startsWith('.'));
  } catch {
    return false;
  }
}
