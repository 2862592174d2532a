import { readdir, readFile, readlink } from 'node:fs/promises';
import type { LeakScope } from './scope.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * The processes that belong to one containerd's tests: shims (they are started with its address), runtimes and
 * sandboxes (their command line or working folder names the bundle), containers (by cgroup), zombies of any of them.
 */
export async function processesOf(scope: LeakScope): Promise<readonly FoundProcess[]> {
  const found: FoundProcess[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === scope.daemonPid || pid === process.pid) continue;
    const command = await describe(pid);
    if (command !== undefined && (await belongs(pid, command, scope))) found.push({ pid, command });
  }
  return found;
}

async function belongs(pid: number, command: string, scope: LeakScope): Promise<boolean> {
  if (command.includes(scope.folder)) return true;
  const [cwd, environment, cgroups] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    readText(`/proc/${pid}/environ`),
    readText(`/proc/${pid}/cgroup`),
  ]);
  return (
    cwd.startsWith(scope.folder) || environment.includes(scope.folder) || cgroups.includes(`${scope.cgroupParent}/`)
  );
}

/** The command line, or "[name] (state)" of a zombie; undefined when the process is gone. */
async function describe(pid: number): Promise<string | undefined> {
  const line = (await readText(`/proc/${pid}/cmdline`)).split('\0').join(' ').trim();
  if (line !== '') return line;
  const stat = await readText(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.replace(/^\d+ \((.*)\) (\S).*$/s, '[$1] ($2)');
}

/** A process that ends while it is looked at reads as empty. */
async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
