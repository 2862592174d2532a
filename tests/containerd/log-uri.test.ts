import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eventually,
  expectNoLeaks,
  type LeakSnapshot,
  overTtrpc,
  type Rig,
  startRig,
  takeSnapshot,
  taskReaches,
} from '../support/index.ts';

/** A logging program as containerd's logging contract has it: output on 3 and 4, and 5 closed once it is ready. */
const logger = `#!/bin/sh
folder=\${0%/*}
/bin/cat <&3 >"$folder/out" 5>&- &
/bin/cat <&4 >"$folder/err" 5>&- &
echo "$CONTAINER_NAMESPACE $CONTAINER_ID $*" >"$folder/told"
exec 5>&-
wait
`;

describe.each(overTtrpc)('ctr run --log-uri on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const command = ['sh', '-c', 'echo out; echo err >&2; exit 6'];

  test('file:// appends stdout and stderr to one file', async () => {
    const file = join(rig.folder, 'deep', 'er', 'log');
    const id = await rig.start(command, { flags: ['--log-uri', `file://${file}`] });
    await taskReaches(rig, id, 'STOPPED');
    await rig.remove(id);
    const lines = (await readFile(file, 'utf8')).split('\n').toSorted();
    expect(lines).toEqual(['', 'err', 'out']);
  });

  test('binary:// hands both streams to a logging program', async () => {
    const program = join(rig.folder, 'logger');
    await writeFile(program, logger);
    await chmod(program, 0o755);
    const id = await rig.start(command, { flags: ['--log-uri', `binary://${program}?mode=all`] });
    await taskReaches(rig, id, 'STOPPED');
    await rig.remove(id);
    const written = (name: string) => readFile(join(rig.folder, name), 'utf8').catch(() => '');
    await eventually(async () => ((await written('err')) === '' ? undefined : true), { what: 'the log of stderr' });
    expect(await written('out')).toBe('out\n');
    expect(await written('err')).toBe('err\n');
    expect(await written('told')).toBe(`${rig.containerd.namespace} ${id} mode all\n`);
  });

  test('binary:// with a program that is not there fails and says which', async () => {
    const ran = await rig.run(command, { flags: ['-d', '--log-uri', 'binary:///no/such/logger'], id: 'no-logger' });
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stderr).toContain('/no/such/logger');
    await rig.ctr(['container', 'rm', 'no-logger']);
  });

  test('--null-io throws the output away', async () => {
    const id = await rig.start(command, { flags: ['--null-io'] });
    await taskReaches(rig, id, 'STOPPED');
    await rig.remove(id);
  });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});
