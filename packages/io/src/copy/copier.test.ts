import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFakeSys } from '../testing/index.ts';
import { Copier } from './copier.ts';
import { FileMover } from './file-mover.ts';
import { PipeMover } from './pipe-mover.ts';
import { PlainMover } from './plain-mover.ts';
import type { Step } from './step.ts';

function world() {
  const sys = createFakeSys();
  const [from, to] = [sys.pipe(), sys.pipe()];
  const route = { sys, from: from.read, to: to.write };
  const text = () => {
    const buffer = Buffer.alloc(2_000_000);
    return buffer.toString('utf8', 0, sys.read(to.read, buffer) ?? 0);
  };
  return { sys, route, writer: from.write, reader: to.read, text };
}

async function turns(count = 10): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

test('it copies what comes, and ends with its source', async () => {
  const { sys, route, writer, text } = world();
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.from('one '));
  await turns();
  expect(text()).toBe('one ');
  sys.write(writer, Buffer.from('two'));
  sys.close(writer);
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect(text()).toBe('two');
  expect(copier).toMatchObject({ bytes: 7, ended: true });
  expect(sys.watches).toBe(0);
});

test('a trickle is copied by read and write, a flood by splice over wide pipes', async () => {
  const { sys, route, writer, text } = world();
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.alloc(100));
  await turns();
  expect(sys.callNames).not.toContain('splice');
  sys.write(writer, Buffer.alloc(65_536));
  await turns();
  expect(sys.callNames).toContain('splice');
  expect(sys.pipeSize(route.to)).toBe(524_288);
  expect(text()).toHaveLength(65_636);
  sys.write(writer, Buffer.alloc(100));
  await turns();
  const seen = sys.calls.length;
  sys.write(writer, Buffer.alloc(100));
  await turns();
  expect(sys.callNames.slice(seen)).not.toContain('splice');
  copier.abort();
});

test('pipes that must not grow are used as they are', async () => {
  const { sys, route, writer, text } = world();
  sys.failNext('setPipeSize', 'EPERM');
  sys.failNext('setPipeSize', 'EPERM');
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.alloc(65_536));
  sys.close(writer);
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect(text()).toHaveLength(65_536);
});

test('where the kernel cannot splice, it goes on by read and write', async () => {
  const { sys, route, writer, text } = world();
  sys.failNext('splice', 'EINVAL');
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.alloc(65_536));
  await turns();
  sys.write(writer, Buffer.alloc(65_536));
  sys.close(writer);
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect(text()).toHaveLength(131_072);
  expect(sys.callNames.filter((name) => name === 'splice')).toHaveLength(1);
});

test('a full target makes it wait without asking again, and nothing is lost', async () => {
  const { sys, route, writer, text } = world();
  sys.write(route.to, Buffer.alloc(65_536));
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.from('waits'));
  await turns();
  const calls = sys.calls.length;
  await turns(50);
  expect(sys.calls).toHaveLength(calls);
  expect(text()).toHaveLength(65_536);
  await turns();
  expect(text()).toBe('waits');
  sys.close(writer);
  expect(await copier.done).toEqual({ kind: 'ended' });
});

test('an end that comes while bytes are held is told after they have arrived', async () => {
  const { sys, route, writer, text } = world();
  sys.write(route.to, Buffer.alloc(65_536));
  const copier = new Copier({ ...route, mover: new PlainMover(route) });
  sys.write(writer, Buffer.from('last'));
  sys.close(writer);
  await turns();
  expect(copier.ended).toBe(false);
  text();
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect(text()).toBe('last');
});

test('a target without a reader is gone', async () => {
  const { sys, route, writer, reader } = world();
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.close(reader);
  sys.write(writer, Buffer.from('x'));
  expect(await copier.done).toEqual({ kind: 'target-gone' });
});

test('a target that loses its reader while it is full is gone', async () => {
  const { sys, route, writer, reader } = world();
  sys.write(route.to, Buffer.alloc(65_536));
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.write(writer, Buffer.from('x'));
  await turns();
  sys.close(reader);
  expect(await copier.done).toEqual({ kind: 'target-gone' });
});

test('an unexpected failure ends it with that failure', async () => {
  const { sys, route, writer } = world();
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  sys.failNext('read', 'EBADF');
  sys.write(writer, Buffer.from('x'));
  expect(await copier.done).toMatchObject({ kind: 'failed', error: { errno: 'EBADF' } });
  expect(sys.watches).toBe(0);
});

test('aborting ends it once', async () => {
  const { sys, route } = world();
  const copier = new Copier({ ...route, mover: new PipeMover(route) });
  copier.abort();
  copier.abort();
  copier.finish();
  expect(await copier.done).toEqual({ kind: 'aborted' });
  expect(sys.watches).toBe(0);
});

test('finishing copies what is there, and does not wait for the end', async () => {
  const { sys, route, writer, text } = world();
  const copier = new Copier({ ...route, mover: new PlainMover(route) });
  sys.write(writer, Buffer.alloc(65_536, 'x'));
  copier.finish();
  copier.finish();
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect(text()).toHaveLength(65_536);
});

test('an abort while a write is under way settles when that is over', async () => {
  const { route, writer, sys } = world();
  const { promise, resolve } = Promise.withResolvers<Step>();
  const copier = new Copier({ ...route, mover: { step: () => promise }, targetAlwaysReady: true });
  sys.write(writer, Buffer.from('x'));
  await turns();
  let settled = false;
  copier.done.then(() => {
    settled = true;
  });
  copier.abort();
  await turns();
  expect(settled).toBe(false);
  resolve({ kind: 'moved', bytes: 1 });
  expect(await copier.done).toEqual({ kind: 'aborted' });
});

test('a file that takes nothing costs bytes, not the copy', async () => {
  const { sys, route, writer } = world();
  sys.writeFile('/log', 'before ');
  const file = { ...route, to: sys.open('/log', 0o2001) };
  let lost = 0;
  const onLoss = (bytes: number) => {
    lost += bytes;
  };
  const copier = new Copier({
    ...file,
    mover: new FileMover(file, { terminal: false, onLoss }),
    targetAlwaysReady: true,
  });
  sys.failNext('writeOffThread', 'ENOSPC');
  sys.write(writer, Buffer.from('lost'));
  await turns();
  sys.write(writer, Buffer.from('kept'));
  sys.close(writer);
  expect(await copier.done).toEqual({ kind: 'ended' });
  expect([lost, sys.readFile('/log').toString()]).toEqual([4, 'before kept']);
});

test('one busy stream leaves the others their turn', async () => {
  const { sys, route, writer } = world();
  let steps = 0;
  const step = (): Step => {
    steps++;
    return { kind: 'moved', bytes: 1 };
  };
  const copier = new Copier({ ...route, mover: { step } });
  sys.write(writer, Buffer.from('x'));
  await turn();
  await turn();
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThan(50);
  copier.abort();
});
