import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** Kills every process that a fake runtime in this folder has started: they all carry the folder in their environment. */
export async function killAllOf(folder: string): Promise<void> {
  const mark = `FAKE_RUNTIME=${folder}`;
  // A process that is about to fork may leave a child behind: look again until there is none.
  for (let round = 0; round < 100; round += 1) {
    const pids = await pidsWith(mark);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    await setTimeout(10);
  }
}

async function pidsWith(mark: string): Promise<readonly number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      // A process may be gone by now, and a zombie has no environment: neither needs to be killed.
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      return environment.split('\0').includes(mark) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone since it was found.
  }
}
