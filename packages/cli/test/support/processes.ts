import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes that name `text` in their command line, after those that are just leaving have had a moment. */
export async function processesWith(text: string): Promise<readonly string[]> {
  let found: readonly string[] = [];
  for (let round = 0; round < 60; round += 1) {
    found = await processesNow(text);
    if (found.length === 0) return [];
    await sleep(100);
  }
  return found;
}

/** Processes that name `text` in their command line now: pid, space, command. */
export async function processesNow(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commands = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return `${pid} ${command.replaceAll('\0', ' ').trim()}`;
    }),
  );
  return commands.filter((command) => command.includes(text));
}
