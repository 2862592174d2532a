import { join } from 'node:path';
import { type Check, ok, warn } from '../check.ts';

/** Sockets of shims that are gone: harmless one by one, but they pile up, and a stale one delays the next start of its group. */
export const socketsCheck: Check = {
  id: 'sockets',
  title: 'shim sockets',
  probe: async ({ host, paths }) => {
    const names = await host.list(paths.shimSockets);
    const stale: string[] = [];
    for (const name of names) {
      const path = join(paths.shimSockets, name);
      if ((await host.info(path))?.kind === 'socket' && !(await host.accepts(path))) stale.push(path);
    }
    if (stale.length === 0)
      return names.length === 0 ? [] : [ok(`${names.length} in ${paths.shimSockets}, all answer`)];
    const removal = async (): Promise<void> => {
      for (const path of stale) await host.remove(path);
    };
    const [only] = stale;
    return stale.length === 1 && only !== undefined
      ? [warn(`${only} is stale: no shim listens`, `rm ${only}`, removal)]
      : [
          warn(
            `${stale.length} of ${names.length} in ${paths.shimSockets} are stale: no shim listens`,
            'sandshim doctor --fix --only sockets',
            removal,
          ),
        ];
  },
};
