import lt from 'semver/functions/lt.js';
import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { toolVersion } from '../../host/tool-version.ts';
import { type Check, fail, ok, warn } from '../check.ts';

// The first whose search for a shim takes an absolute path, and the oldest that is tested.
const leastVersion = '1.6.0';

export const containerdCheck: Check = {
  id: 'containerd',
  title: 'containerd',
  probe: async ({ host, env, paths }) => {
    const path = await findExecutable(host, { name: 'containerd', searchPath: `${env['PATH'] ?? ''}:${defaultPath}` });
    if (path === undefined) {
      return [warn('not installed; sandshim run works without it', 'apt-get install containerd')];
    }
    const version = await toolVersion(host, path);
    if (version === undefined)
      return [fail(`${path} does not answer --version`, 'apt-get install --reinstall containerd')];
    if (lt(version, leastVersion))
      return [fail(`${version} is older than ${leastVersion}`, 'apt-get install containerd')];
    if (await host.accepts(paths.containerdSocket)) return [ok(`${version}, serving ${paths.containerdSocket}`)];
    const socket = await host.info(paths.containerdSocket);
    if (socket === undefined) return [ok(`${version}, not running`)];
    return [
      warn(
        `${version} does not answer on ${paths.containerdSocket}`,
        'systemctl restart containerd; containers go on, and sandshim reaches them meanwhile',
      ),
    ];
  },
};
