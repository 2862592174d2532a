import { createBundle, Runsc, run } from '@sandshim/runsc-client';

const runsc = new Runsc({ flags: { network: 'none' } });
await using bundle = await createBundle({ rootfs: '/', args: ['sh', '-c', 'dmesg | head -n 1; id -un'] });
const { exitStatus, stdout } = await run(runsc, { bundle: bundle.path });
console.log(`${stdout}It ended with status ${exitStatus}.`);
