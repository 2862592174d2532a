import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ownBinFolder } from '../program/bin-folder.ts';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import type { Scope } from '../tasks/scope.ts';

/**
 * Starts a process of its own that waits for a detached container's end, or ends it when its time is up, and removes it if it was started
 * with `--rm`. Nobody else would: there is no daemon.
 */
export async function watchInBackground(
  cli: Cli,
  { task, scope }: { readonly task: TaskFolder; readonly scope: Scope },
): Promise<void> {
  const program = join(ownBinFolder(cli.env) ?? '', 'sandshim');
  const args = ['__watch', '--root', scope.locations.root, '-n', task.namespace, task.id];
  const child = spawn(program, args, { detached: true, stdio: 'ignore', cwd: '/', env: { ...cli.env } });
  child.unref();
}
