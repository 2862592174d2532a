import gte from 'semver/functions/gte.js';
import { type Check, fail, ok } from '../check.ts';

const leastVersion = '24.0.0';

/** sandshim's programs need Node 24; the launchers bring their own where the build pinned one. */
export const nodeCheck: Check = {
  id: 'node',
  title: 'Node.js',
  probe: async ({ nodeVersion }) =>
    gte(nodeVersion, leastVersion)
      ? [ok(`version ${nodeVersion}`)]
      : [
          fail(
            `version ${nodeVersion} is older than ${leastVersion}`,
            'install Node.js 24 or newer and put it first on PATH',
          ),
        ],
};
