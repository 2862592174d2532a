import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { execOf, type Stand, stand } from './support/stand.ts';
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
  const checkpoint = join(place.workspace.folder, 'saved');
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

it('a counter that is checkpointed and left running counts on, in one run of numbers', async () => {
  place = await stand('runsc');
  const stdout = join(place.workspace.folder, 'out');
  const path = join(place.workspace.folder, 'saved');
  mkdirSync(path);
  writeFileSync(stdout, '');
  const container = await place.create('count', { args: counter, with: { stdout } });
  await container.init.start();
  await until(() => linesOf(stdout).length >= 5);
  await container.checkpoint({ path, leaveRunning: true });
  const reached = linesOf(stdout).length;
  expect(container.init.snapshot.status).toBe('running');
  await until(() => linesOf(stdout).length >= reached + 5);
  const exec = execOf(container, 'still', ['true']);
  await exec.start();
  expect(await exec.wait()).toMatchObject({ status: 0 });
  await container.init.kill(9);
  expect(await container.init.wait()).toMatchObject({ status: 137 });
  await container.init.delete();

  const counted = linesOf(stdout);
  expect(counted).toEqual(counted.map((_, index) => index + 1));
  expect(place.events.filter((event) => !('exec' in event)).map(({ type }) => type)).toEqual([
    ...['create', 'start', 'checkpointed', 'exit', 'delete'],
  ]);
});

it('a container below runc that criu cannot checkpoint runs on, and the failure says why', async () => {
  place = await stand('runc');
  const path = join(place.workspace.folder, 'saved');
  const workPath = join(place.workspace.folder, 'work');
  const container = await place.create('count', { args: counter });
  await container.init.start();
  await expect(container.checkpoint({ path, workPath, leaveRunning: false })).rejects.toThrow(/checkpoint failed/);
  expect(container.init.snapshot.status).toBe('running');
  await container.init.kill(9);
  await container.init.wait();
  await container.init.delete();
});
