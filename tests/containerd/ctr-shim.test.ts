import { describe, expect, test } from 'vitest';
import { overTtrpc, startRig } from '../support/index.ts';

describe.each(overTtrpc)('ctr shim on $name', (testCase) => {
  test('talks to a shim past containerd', async () => {
    await using rig = await startRig(testCase);
    const id = await rig.start(['sleep', '1000']);
    const shim = (...args: readonly string[]) => rig.ctr(['shim', '--id', id, ...args]);
    const state = await shim('state');
    expect(state).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(state.stdout)).toMatchObject({ id, pid: expect.any(Number) });
    await rig.remove(id);
  });
});
