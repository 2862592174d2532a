import { describe, expect, test } from 'vitest';
import {
  containerdVersions,
  expectNoLeaks,
  leakScope,
  startContainerd,
  takeSnapshot,
  testImage,
  unique,
} from '../support/index.ts';
import { mountsUnder } from '../support/leaks/mounts.ts';
import { processesOf } from '../support/leaks/processes.ts';

describe.each(containerdVersions)('the private containerd %s', (version) => {
  test('runs a container of the test image and leaves nothing', async () => {
    await using containerd = await startContainerd({ version });
    const before = await takeSnapshot(containerd.scope);
    const { ctr } = containerd;
    const ran = await ctr(['run', '--rm', testImage, unique('run'), 'sh', '-c', 'echo hi; exit 42']);
    expect(ran).toMatchObject({ exitCode: 42, stdout: 'hi\n' });
    await expectNoLeaks(containerd.scope, before);
  });

  test('is torn down with its containers still running', async () => {
    let folder: string;
    {
      await using containerd = await startContainerd({ version });
      folder = containerd.folder;
      const ran = await containerd.ctr(['run', '-d', testImage, unique('run'), 'sleep', '1000']);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      const before = await takeSnapshot(containerd.scope);
      expect(before['process']?.length).toBeGreaterThanOrEqual(2);
    }
    const scope = leakScope({ folder, namespace: unique('none'), daemonPid: -1 });
    expect(await processesOf(scope)).toEqual([]);
    expect(await mountsUnder(folder)).toEqual([]);
  });
});
