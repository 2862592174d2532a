import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Stand, stand } from './support/stand.ts';
import { until } from './support/until.ts';

let place: Stand | undefined;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
});

const counter = ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo $i; sleep 0.05; done'];

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);

it('a counter goes on from where its checkpoint left it, below runsc', async () => {
  place = await stand('runsc');
  const stdout = join(place.workspace.folder, 'out');
  const checkpoint = join(place.workspace.folder, 'image');
  mkdirSync(checkpoint);
  writeFileSync(stdout, '');
  const first = await place.create('count', { args: counter, with: { stdout } });
  await first.init.start();
  await until(() => linesOf(stdout).length >= 5);
  await first.checkpoint({ path: checkpoint, leaveRunning: false });
  await first.init.wait();
  await first.init.delete();
  const reached = linesOf(stdout).at(-1) ?? 0;

  const second = await place.create('count', { args: counter, with: { stdout, checkpoint } });
  expect(second.init.snapshot).toMatchObject({ status: 'created' });
  expect(second.init.snapshot.pid).toBeUndefined();
  const pid = await second.init.start();
  expect(second.init.snapshot).toMatchObject({ status: 'running', pid });
  await until(() => linesOf(stdout).length >= reached + 5);
  await second.init.kill(9);
  expect(await second.init.wait()).toMatchObject({ status: 137 });
  await second.init.delete();

  const counted = linesOf(stdout);
  expect(counted).toEqual(counted.map((_, index) => index + 1));
  expect(place.events.map(({ type }) => type)).toEqual([
    ...['create', 'start', 'checkpointed', 'exit', 'delete'],
    ...['create', 'start', 'exit', 'delete'],
  ]);
});
