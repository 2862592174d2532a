import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenProcessIoOptions, openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { expect, test } from 'vitest';
import { openFiles } from './support/counts.ts';
import { makePlace } from './support/place.ts';
import { run } from './support/process.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: false, id: 'a', namespace: 'default' };
const open = (options: Partial<OpenProcessIoOptions>) => openProcessIo({ ...none, ...options }, { sys });

test('of fifos without a reader, and without a name by which one could come, nothing is held any more', async () => {
  using place = makePlace();
  const [stdin, stdout] = [place.fifo('in'), place.fifo('out')];
  await using io = await open({ stdin, stdout });
  expect(await run(io, 'echo unheard')).toBe(0);
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
  const held = () => openFiles().filter((path) => path.startsWith(stdout));
  expect(held()).toHaveLength(1);
  for (const name of [stdin, stdout]) rmSync(name);
  while (held().length > 0) await sleep(10);
  expect(openFiles().filter((path) => path.startsWith(stdin))).toEqual([]);
});
