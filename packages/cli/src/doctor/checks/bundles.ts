import { join } from 'node:path';
import { findTaskFolders, type TaskFolder } from '../../state/task-folders.ts';
import { type Check, type DoctorContext, type Finding, ok, warn } from '../check.ts';

async function tasksOf({ host, paths }: DoctorContext): Promise<readonly TaskFolder[]> {
  return await findTaskFolders(host, {
    states: [
      { folder: paths.state, origin: 'containerd' },
      { folder: paths.root, origin: 'sandshim' },
    ],
  });
}

/** Tasks whose shim does not answer any more. */
export const bundlesCheck: Check = {
  id: 'tasks',
  title: 'tasks',
  probe: async (context) => {
    const tasks = await tasksOf(context);
    const findings: Finding[] = [];
    for (const task of tasks) {
      if (task.address === undefined || (await context.host.accepts(task.address.socket))) continue;
      const name = `${task.namespace}/${task.id}`;
      findings.push(warn(`the shim of ${name} is gone`, `sandshim rm -f -n ${task.namespace} ${task.id}`));
    }
    if (findings.length > 0) return findings;
    return tasks.length === 0 ? [] : [ok(`${tasks.length}, every shim answers`)];
  },
};

/** containerd reads a shim's log from the fifo `log` in the bundle, and opens it again after a restart. */
export const logFifosCheck: Check = {
  id: 'log-fifos',
  title: 'log fifos',
  probe: async (context) => {
    const { host } = context;
    const tasks = (await tasksOf(context)).filter(({ origin }) => origin === 'containerd');
    const findings: Finding[] = [];
    for (const { bundle } of tasks) {
      const path = join(bundle, 'log');
      const info = await host.info(path);
      if (info?.kind === 'fifo') continue;
      const what = info === undefined ? 'is gone' : `is a ${info.kind}`;
      const fix = async (): Promise<void> => {
        await host.remove(path);
        await host.makeFifo(path);
      };
      findings.push(
        warn(`${path} ${what}: containerd loses that shim's log`, `rm -f ${path} && mkfifo -m 700 ${path}`, fix),
      );
    }
    if (findings.length > 0) return findings;
    return tasks.length === 0 ? [] : [ok(`${tasks.length}, all in place`)];
  },
};
