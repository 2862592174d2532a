import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { type Check, ok, warn } from '../check.ts';
import { runscTomlFiles } from '../runsc-toml-files.ts';

// runsc takes this sysctl for the mark of the root network namespace; newer kernels show it in every one.
const mark = '/proc/sys/net/core/rmem_default';

/** `network=sandbox`, runsc's default, is refused on kernels where every network namespace looks like the root one. */
export const networkCheck: Check = {
  id: 'network',
  title: 'runsc network',
  probe: async (context) => {
    const { host, env } = context;
    const files = await runscTomlFiles(context);
    const asking = files.filter(({ toml }) => (toml.network ?? 'sandbox') === 'sandbox');
    if (asking.length === 0 && files.length > 0) {
      return [ok([...new Set(files.map(({ toml }) => toml.network ?? 'sandbox'))].join(', '))];
    }
    const unshare = await findExecutable(host, { name: 'unshare', searchPath: env['PATH'] ?? defaultPath });
    if (unshare === undefined) return [];
    const looksRoot = (await host.run(unshare, ['-n', 'test', '-e', mark], { timeoutMs: 3000 })).exitCode === 0;
    if (!looksRoot) return [ok('sandbox works')];
    const where = asking[0]?.path ?? context.paths.runscToml;
    return [
      warn(
        'runsc up to 20240729 refuses network=sandbox on this kernel',
        `set network = "none" or "host" below [runsc_config] in ${where}`,
      ),
    ];
  },
};
