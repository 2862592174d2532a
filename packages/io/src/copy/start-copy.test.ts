import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFakeSys } from '../testing/index.ts';
import { startCopy } from './start-copy.ts';

function world() {
  const sys = createFakeSys();
  const [source, target] = [sys.pipe(), sys.pipe()];
  return { sys, source, target, route: { sys, from: source.read, to: target.write } };
}

test('it counts what it copies, into a pipe and into a file', async () => {
  const { sys, source, route } = world();
  const copy = startCopy(route);
  sys.write(source.write, Buffer.from('four'));
  sys.close(source.write);
  expect(await copy.done).toEqual({ kind: 'ended' });
  expect(copy.bytes).toBe(4);

  sys.writeFile('/log', '');
  const other = sys.pipe();
  const logged = startCopy({ sys, from: other.read, to: sys.open('/log', 0o2001) });
  sys.failNext('writeOffThread', 'ENOSPC');
  sys.write(other.write, Buffer.from('lost'));
  for (let count = 0; count < 10; count++) await turn();
  sys.write(other.write, Buffer.from('arrived'));
  sys.close(other.write);
  expect(await logged.done).toEqual({ kind: 'ended' });
  expect(logged).toMatchObject({ bytes: 7, lostBytes: 4 });
  expect(sys.readFile('/log').toString()).toBe('arrived');
});

test('a terminal without a process is waited for, until it is finished', async () => {
  const { sys, target } = world();
  const { master, path } = sys.openTerminal();
  const copy = startCopy({ sys, from: master, to: target.write, terminal: 'from' });
  for (const text of ['one', 'two']) {
    const slave = sys.open(path, 0o2);
    sys.write(slave, Buffer.from(text));
    sys.close(slave);
    for (let count = 0; count < 10; count++) await turn();
  }
  copy.finish();
  expect(await copy.done).toEqual({ kind: 'ended' });
  expect(copy.bytes).toBe(6);
});

test('a signal aborts it, and is listened to no longer than it runs', async () => {
  const { route, sys } = world();
  const controller = new AbortController();
  const copy = startCopy({ ...route, signal: controller.signal });
  controller.abort();
  expect(await copy.done).toEqual({ kind: 'aborted' });
  expect(() => startCopy({ ...route, signal: controller.signal })).toThrow(
    expect.objectContaining({ code: 'canceled' }),
  );
  expect(sys.watches).toBe(0);
});
