import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outOfUse } from './out-of-use.ts';

let namespace: string;
beforeEach(() => {
  namespace = mkdtempSync(join(tmpdir(), 'sandshim-namespace-'));
});
afterEach(() => rmSync(namespace, { recursive: true, force: true }));

const settled = async (promise: Promise<void>): Promise<boolean> => {
  const pending = Symbol('pending');
  return (await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 100, pending))])) !== pending;
};

test('a spare is of use while the namespace has a container', async () => {
  mkdirSync(join(namespace, 'c1'));
  const bundle = join(namespace, 'c0');
  const over = outOfUse({ bundle, maxAgeMs: 60_000, lookMs: 5 });
  expect(await settled(over)).toBe(false);
  rmSync(join(namespace, 'c1'), { recursive: true });
  mkdirSync(join(namespace, '.hidden'));
  await over;
});

test('a namespace that is gone has no container', async () => {
  rmSync(namespace, { recursive: true });
  await outOfUse({ bundle: join(namespace, 'c0'), maxAgeMs: 60_000, lookMs: 5 });
});

test('a spare that is old enough leaves', async () => {
  mkdirSync(join(namespace, 'c1'));
  await outOfUse({ bundle: join(namespace, 'c1'), maxAgeMs: 20, lookMs: 5000 });
});
