import { eventually } from './eventually.ts';
import type { Rig } from './rig.ts';

export interface TaskRow {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
}

/** `ctr task ls`, as rows. */
export async function listTasks({ ctr }: Pick<Rig, 'ctr'>): Promise<readonly TaskRow[]> {
  const { stdout } = await ctr(['task', 'ls']);
  return stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [id = '', pid = '', status = ''] = line.trim().split(/\s+/);
      return { id, pid: Number(pid), status };
    });
}

/** Waits until a task is in this state, or, without one, known no more. */
export async function taskReaches(rig: Pick<Rig, 'ctr'>, id: string, status: string | undefined): Promise<void> {
  await eventually(
    async () => {
      const row = (await listTasks(rig)).find((task) => task.id === id);
      return row?.status === status ? true : undefined;
    },
    { what: `task ${id} to be ${status ?? 'gone'}`, everyMs: 50 },
  );
}
