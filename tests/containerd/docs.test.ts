import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binFolder, root } from '../../scripts/lib/paths.ts';
import {
  containerdFolder,
  expectNoLeaks,
  type LeakSnapshot,
  oncePerRuntime,
  type Rig,
  startRig,
  takeSnapshot,
  testImage,
  writeRunscToml,
} from '../support/index.ts';

const [testCase] = oncePerRuntime;

/** The blocks of a page that say that they run: ```sh run */
function blocksOf(page: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8');
  return [...text.matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map(([, block = '']) => [firstLine(block), block]);
}

function firstLine(block: string): string {
  return block.split('\n', 1)[0] ?? '';
}

describe('the documentation, block by block', () => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    if (testCase === undefined) throw new Error('the matrix is empty');
    rig = await startRig(testCase);
    await writeRunscToml(join(rig.folder, 'runsc.toml'));
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  describe.each(['containerd', 'logging', 'troubleshooting'])('%s.md', (page) => {
    test.each(blocksOf(page))('%s', async (_first, block) => {
      const { containerd, folder } = rig;
      const script = join(folder, 'block.sh');
      await writeFile(script, block);
      const { exitCode, all } = await execa('sh', ['-eu', script], {
        cwd: folder,
        env: {
          PATH: [binFolder, containerdFolder('1.6'), process.env['PATH'] ?? ''].join(delimiter),
          CONTAINERD_ADDRESS: containerd.paths.address,
          CONTAINERD_NAMESPACE: containerd.namespace,
          CONTAINERD_LOG: containerd.paths.log,
          IMAGE: testImage,
        },
        all: true,
        reject: false,
        timeout: 60_000,
      });
      expect(exitCode, all).toBe(0);
    });
  });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});
