import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Tells that a file may have changed: at once, and after each change until the signal aborts. Watches before it tells the first time, so
 * that no change falls between; the file need not be there yet, its folder must.
 */
export async function* fileChanges(path: string, signal: AbortSignal): AsyncGenerator<void> {
  let changed = true;
  let wake = (): void => undefined;
  const wakeUp = (): void => wake();
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== basename(path)) return;
    changed = true;
    wake();
  });
  signal.addEventListener('abort', wakeUp);
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        yield;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', wakeUp);
    watcher.close();
  }
}
