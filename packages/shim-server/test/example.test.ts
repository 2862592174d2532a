import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectTask } from '@sandshim/shim-server/client';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const example = join(root, 'examples/crun-shim.ts');

it('the README’s shim is the example', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, shown = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const written = await readFile(example, 'utf8');
  expect(shown.trim()).toBe(written.replaceAll(/^\/\/.*\n|^\/\*\*.*\n/gm, '').trim());
});

it('a shim of one file, without a launcher, starts, answers and leaves when it is told to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-example-'));
  const bundle = join(folder, 'c1');
  await promisify(execFile)('mkdir', [bundle]);
  await writeFile(join(bundle, 'config.json'), '{"ociVersion":"1.0.0"}');
  const run = (...args: string[]) => {
    const running = promisify(execFile)(
      process.execPath,
      ['--conditions=@sandshim/source', '--no-warnings', example, ...args],
      {
        cwd: bundle,
        env: { ...process.env, SANDSHIM_SOCKET_DIR: join(folder, 's'), SANDSHIM_CONFIG: join(folder, 'none') },
      },
    );
    running.child.stdin?.end();
    return running;
  };

  expect((await run('-v')).stdout).toContain('io.containerd.crun.v1:\n  Version:  1.0.0');

  const start = ['-namespace', 'test', '-address', join(folder, 'containerd.sock'), '-id', 'c1', 'start'];
  const { stdout: address, stderr } = await run(...start);
  expect({ address, stderr }).toEqual({ address: expect.stringMatching(/^unix:\/\/.+\/s\/[0-9a-f]{64}$/), stderr: '' });
  {
    await using connection = await connectTask(address, { namespace: 'test' });
    const { shimPid, taskPid } = await connection.task.connect({ id: 'c1' });
    expect({ alive: process.kill(shimPid, 0), taskPid }).toEqual({ alive: true, taskPid: 0 });
    await expect(connection.task.state({ id: 'c1', execId: '' })).rejects.toMatchObject({ code: 'not_found' });
    await connection.task.shutdown({ id: 'c1', now: false });
  }
  await expect.poll(() => readdir(join(folder, 's')), { timeout: 10_000 }).toEqual([]);

  await expect(run('-namespace', 'test', '-id', 'c1', '-bogus', 'start')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'io.containerd.crun.v1: flag provided but not defined: -bogus',
  });
  await rm(folder, { recursive: true });
});
