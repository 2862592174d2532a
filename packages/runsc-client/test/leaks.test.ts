import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseContainerId, Runc, Runsc, type Runtime } from '@sandshim/runsc-client';
import { makeSubject } from '@sandshim/runsc-client/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { testRootfs } from './support/rootfs.ts';

const id = parseContainerId('leaks');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leaks-'));
});
afterAll(() => rm(folder, { recursive: true }));

const counts = () => ({
  descriptors: readdirSync('/proc/self/fd').length,
  resources: process.getActiveResourcesInfo().length,
  children: readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8'),
});

/** Calls, and how many; half of them on a container that there is not, so that errors are made too. */
async function callOften(runtime: Runtime, times: number): Promise<void> {
  const stop = new AbortController();
  const missing = parseContainerId('missing');
  for (let round = 0; round < times / 20; round += 1) {
    const calls = Array.from({ length: 10 }, async () => {
      await runtime.state(id, { signal: stop.signal, timeoutMs: 60_000 });
      await runtime.state(missing, { signal: stop.signal, timeoutMs: 60_000 }).catch(() => undefined);
    });
    await Promise.all(calls);
  }
}

const runtimes: Readonly<Record<string, readonly [make: (root: string) => Runtime, calls: number]>> = {
  runc: [(root) => new Runc({ root, log: join(folder, 'runc.json') }), 1_000],
  runsc: [(root) => new Runsc({ root, flags: { network: 'none', 'ignore-cgroups': true } }), 1_000],
};

test.each(Object.entries(runtimes))('1,000 calls of state of %s leave nothing behind', async (_name, [make, calls]) => {
  await using subject = await makeSubject(make, await testRootfs());
  await subject.runtime.create(id, { bundle: await subject.bundle(['sleep', '1000']) });
  await callOften(subject.runtime, 20);
  const before = counts();
  await callOften(subject.runtime, calls);
  const more = () => {
    const after = counts();
    return {
      descriptors: Math.max(0, after.descriptors - before.descriptors),
      resources: Math.max(0, after.resources - before.resources),
      children: after.children.replace(before.children, ''),
    };
  };
  const none = { descriptors: 0, resources: 0, children: '' };
  // Not vitest's own way to wait: its timers would be counted.
  await eventually(() => isDeepStrictEqual(more(), none) || undefined, { what: 'nothing to be left' }).catch(
    () => undefined,
  );
  expect(more()).toEqual(none);
});
