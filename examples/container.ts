import { join } from 'node:path';
import { openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { createContainer, Reaper, reapedSpawner } from '@sandshim/proc';
import { parseContainerId, parseExecId, Runsc } from '@sandshim/runsc-client';

// A folder with a config.json, whose process sleeps, and its root file system.
const bundle = process.argv[2] ?? '.';
const sys = await openSys();
using reaper = new Reaper({ sys });
const spawner = reapedSpawner(sys, reaper);
const streams = { stdin: '', stderr: '', terminal: false };

const container = await createContainer(
  {
    id: parseContainerId(`example-${process.pid}`),
    bundle,
    namespace: 'example',
    stdout: `file://${join(bundle, 'init.log')}`,
    ...streams,
  },
  {
    runtime: new Runsc({ root: join(bundle, 'runsc'), flags: { network: 'none' }, spawner }),
    openIo: (io) => openProcessIo(io, { sys, spawn: spawner }),
    onEvent: (event) => console.log(`${event.type} ${'exec' in event ? event.exec : 'init'}`),
    sys,
    reaper,
  },
);
await container.init.start();

const exec = container.addExec(parseExecId('seven'), {
  process: { args: ['sh', '-c', 'exit 7'], cwd: '/', env: ['PATH=/bin'] },
  stdout: `file://${join(bundle, 'exec.log')}`,
  ...streams,
});
await exec.start();
console.log('the exec says', (await exec.wait()).status);
await exec.delete();

await container.init.kill(9);
console.log('init says', (await container.init.wait()).status);
await container.init.delete();
