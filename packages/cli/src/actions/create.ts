import { parseContainerOptions } from '../daemonless/container-options.ts';
import { layOutContainer } from '../daemonless/create-container.ts';
import { createTask } from '../daemonless/create-task.ts';
import { removeFiles } from '../daemonless/release.ts';
import { withProgress } from '../output/progress.ts';
import type { Action } from '../program/cli.ts';
import { startFailure } from '../session/start-failure.ts';
import { resolveScope } from '../tasks/scope.ts';

/** `sandshim create`: a container that waits for `sandshim start`. */
export const create: Action = async (cli, invocation) => {
  const options = parseContainerOptions(invocation);
  const scope = resolveScope(cli, invocation);
  try {
    const {
      task,
      record,
      endpoints,
      options: runtime,
    } = await layOutContainer(cli, { scope, options, detached: true });
    const { root } = scope.locations;
    try {
      const made = { task, launcher: record.shim, root, endpoints, options: runtime };
      await using _client = await withProgress(cli, 'creating', () => createTask(cli, made));
    } catch (error) {
      await removeFiles(cli, { task, log: record.log });
      throw error;
    }
    cli.stdout.write(`${task.id}\n`);
    return 0;
  } catch (error) {
    throw startFailure(error, options.command);
  }
};
