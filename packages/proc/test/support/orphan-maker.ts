import { openSys } from '@sandshim/io/sys';
import { parseContainerId, Runc, Runsc } from '@sandshim/runsc-client';
import { createContainer, Reaper, reapedSpawner } from '../../src/index.ts';
import { openFileIo } from './file-io.ts';

// A shim that starts one container, prints its pid and waits to be killed. Its argument is JSON.
const { runtime, root, id, bundle, image } = JSON.parse(process.argv[2] ?? '{}');
const sys = await openSys();
const reaper = new Reaper({ sys });
const spawner = reapedSpawner(sys, reaper);
const flags = { platform: 'ptrace', network: 'none' } as const;
const container = await createContainer(
  {
    ...{ id: parseContainerId(id), bundle, namespace: 'test', stdin: '', stdout: '', stderr: '', terminal: false },
    rootfs: [{ type: 'bind', source: image, options: ['rbind'] }],
    saved: { runtime, binary: runtime, root, flags },
  },
  {
    ...{ sys, reaper, openIo: openFileIo, onEvent: () => undefined },
    runtime: runtime === 'runsc' ? new Runsc({ root, spawner, flags }) : new Runc({ root, spawner }),
  },
);
process.stdout.write(String(await container.init.start()));
setInterval(() => undefined, 60_000);
