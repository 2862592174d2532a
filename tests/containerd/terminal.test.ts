import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ctrOnTerminal,
  ctrSession,
  expectNoLeaks,
  type LeakSnapshot,
  matrix,
  type Rig,
  startRig,
  takeSnapshot,
  terminalSize,
  testImage,
  unique,
} from '../support/index.ts';

describe.each(matrix)('terminals on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const runOnTerminal = (id: string, command: readonly string[]) =>
    ctrOnTerminal(rig.containerd, ['run', ...rig.runtimeFlags, '--rm', '--tty', testImage, id, ...command]);

  test('ctr run --tty is a terminal of the right size that one can type into', async () => {
    await using session = await runOnTerminal(unique('c'), ['sh']);
    await session.saw('/ #');
    session.write('tty; stty size\n');
    await session.saw(`${terminalSize.rows} ${terminalSize.columns}`);
    session.write('echo typed-$((6 * 7))\n');
    await session.saw('typed-42');
    session.write('exit 5\n');
    expect(await session.exited()).toBe(5);
  });

  test('^C reaches the program in the container', async () => {
    await using session = await runOnTerminal(unique('c'), [
      'sh',
      '-c',
      "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done",
    ]);
    await session.saw('ready');
    session.write('\u0003');
    await session.saw('caught');
    expect(await session.exited()).toBe(3);
  });

  test('all of 1 MB of output arrives before the end', async () => {
    await using session = await runOnTerminal(unique('c'), ['sh', '-c', 'seq 1 160000; echo done-$?']);
    expect(await session.exited()).toBe(0);
    expect(session.output).toContain('done-0');
    const numbers = session.output.split(/\r*\n/).filter((line) => /^\d+$/.test(line));
    expect(numbers).toHaveLength(160_000);
  });

  test('ctr task exec --tty has a terminal of its own', async () => {
    const id = await rig.start(['sleep', '1000']);
    await using session = await ctrOnTerminal(rig.containerd, ['task', 'exec', '--tty', '--exec-id', 'e1', id, 'sh']);
    await session.saw('/ #');
    session.write('stty size; exit 4\n');
    await session.saw(`${terminalSize.rows} ${terminalSize.columns}`);
    expect(await session.exited()).toBe(4);
    await rig.remove(id);
  });

  test('a client may vanish and another attach, more than once', async () => {
    const id = unique('c');
    const command = ['sh', '-c', 'while read line; do echo "got $line"; done'];
    const run = ctrSession(rig.containerd, ['run', ...rig.runtimeFlags, '--rm', testImage, id, ...command]);
    run.write('one\n');
    await run.saw('got one');
    await run.kill();
    for (const word of ['two', 'three']) {
      await using attached = ctrSession(rig.containerd, ['task', 'attach', id]);
      attached.write(`${word}\n`);
      await attached.saw(`got ${word}`);
      await attached.kill();
    }
    await rig.remove(id);
  });

  test('leave nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});
