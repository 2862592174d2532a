import { expect, it } from 'vitest';
import type { Spawner } from '../spawner.ts';
import { SandboxVersions } from './sandbox-versions.ts';

const answering = (stdout: string, asked: string[]): Spawner => {
  return ({ file }) => {
    asked.push(file);
    const result = { exitCode: 0, timedOut: false, aborted: false, stdout, stdoutTruncated: false, stderr: '' };
    return { exited: Promise.resolve(), result: Promise.resolve(result) };
  };
};

it('asks a binary once, however many sandboxes run it', async () => {
  const asked: string[] = [];
  const spawner = answering('runsc version release-20221219.0\nspec: 1.0.2\n', asked);
  const versions = new SandboxVersions();
  const both = await Promise.all([versions.of(process.pid, spawner), versions.of(process.pid, spawner)]);
  await versions.of(process.pid, spawner);
  expect(both[0]?.version).toContain('20221219');
  expect(both[1]).toBe(both[0]);
  expect(asked).toEqual([`/proc/${process.pid}/exe`]);
});

it('asks again where there was no answer', async () => {
  const asked: string[] = [];
  const versions = new SandboxVersions();
  expect(await versions.of(process.pid, answering('', asked))).toBeUndefined();
  expect(await versions.of(process.pid, answering('', asked))).toBeUndefined();
  expect(asked).toHaveLength(2);
});

it('fails for a process that is gone', async () => {
  await expect(new SandboxVersions().of(0, undefined)).rejects.toMatchObject({ code: 'ENOENT' });
});
