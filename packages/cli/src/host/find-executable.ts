import { isAbsolute, join } from 'node:path';
import type { Host } from './host.ts';

/** What PATH is where nobody has set it: Debian's for root. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The first executable of that name on `searchPath`; an absolute name is looked at itself. */
export async function findExecutable(
  host: Host,
  options: { readonly name: string; readonly searchPath: string },
): Promise<string | undefined> {
  const { name, searchPath } = options;
  if (isAbsolute(name)) return (await host.isExecutable(name)) ? name : undefined;
  for (const folder of searchPath.split(':')) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, name);
    if (await host.isExecutable(candidate)) return candidate;
  }
  return undefined;
}
