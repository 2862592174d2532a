import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoLeaks, type LeakSnapshot, matrix, type Rig, startRig, takeSnapshot } from '../support/index.ts';

describe.each(matrix)('ctr run on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('ends with the exit status of the container', async () => {
    expect(await rig.run(['sh', '-c', 'exit 42'], { flags: ['--rm'] })).toMatchObject({ exitCode: 42, stderr: '' });
  });

  test('ends with 0 after a container that ends at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      expect(await rig.run(['true'], { flags: ['--rm'] })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    }
  });

  test('hands its input through', async () => {
    expect(await rig.run(['cat'], { flags: ['--rm'], input: 'hi\n' })).toMatchObject({ exitCode: 0, stdout: 'hi\n' });
  });

  test('keeps stderr apart from stdout', async () => {
    const ran = await rig.run(['sh', '-c', 'echo out; echo err >&2'], { flags: ['--rm'] });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  test('brings 1 MiB of random bytes through cat unchanged', async () => {
    const bytes = randomBytes(1024 * 1024);
    const ran = await rig.run(['cat'], { flags: ['--rm'], input: bytes });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(sha256(ran.stdoutBytes)).toBe(sha256(bytes));
  });

  test('lets a container open its own /dev/stdout', async () => {
    const ran = await rig.run(['sh', '-c', 'echo again > /dev/stdout'], { flags: ['--rm'] });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'again\n' });
  });

  if (testCase.shim.runtime === 'runsc')
    test('is inside gVisor', async () => {
      const { stdout } = await rig.run(['dmesg'], { flags: ['--rm'] });
      expect(stdout).toContain('gVisor');
    });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
