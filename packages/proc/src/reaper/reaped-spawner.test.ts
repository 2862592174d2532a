import { openSys } from '@sandshim/io/sys';
import { spawnerCompliance } from '@sandshim/runsc-client/testing';
import { afterAll, describe, test } from 'vitest';
import { reapedSpawner } from './reaped-spawner.ts';
import { Reaper } from './reaper.ts';

describe("the reaper's way to start a command", async () => {
  const sys = await openSys();
  const reaper = new Reaper({ sys });
  afterAll(() => reaper[Symbol.dispose]());
  for (const { name, run } of spawnerCompliance(async () => reapedSpawner(sys, reaper))) test(name, run, 60_000);
});
