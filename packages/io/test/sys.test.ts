import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSys } from '@sandshim/io/sys';
import { createFakeSys } from '@sandshim/io/testing';
import { parsePid } from '@sandshim/runsc-client';
import { afterAll, expect, test } from 'vitest';
import { openDescriptors } from './support/counts.ts';
import { makePlace } from './support/place.ts';
import { testSys } from './support/sys-compliance.ts';

const sys = await openSys();
const folder = mkdtempSync(join(tmpdir(), 'sandshim-sys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The watcher's own epoll instance stays for the life of the program.
const warm = sys.pipe();
sys.watch(warm.read, { readable: true, writable: false }, () => undefined)[Symbol.dispose]();
sys.close(warm.read);
sys.close(warm.write);
sys.becomeSubreaper();
const before = openDescriptors();

testSys('the real system calls', {
  sys,
  path: (name) => join(folder, name),
  openDescriptors: () => openDescriptors() - before,
  async child() {
    // An orphan: libuv waits for its own children, so ours must not be one.
    const go = join(folder, 'go');
    const text = `while [ ! -e ${go} ]; do sleep 0.01; done; exit $(cat ${go})`;
    const pid = parsePid(
      Number(execFileSync('sh', ['-c', `sh -c '${text}' >/dev/null 2>&1 & echo $!`], { encoding: 'utf8' })),
    );
    return {
      pid,
      async end(code) {
        writeFileSync(`${go}.new`, String(code));
        execFileSync('mv', [`${go}.new`, go]);
      },
    };
  },
});

const fake = createFakeSys();
testSys('the fake', {
  sys: fake,
  path: (name) => `/fake/${name}`,
  openDescriptors: () => fake.openDescriptors,
  async child() {
    const pid = parsePid(4711);
    fake.addChild(pid);
    return { pid, end: async (code) => fake.endChild({ kind: 'exited', pid, code }) };
  },
});

const mountsBelow = (path: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(path));

test('a read-only bind mount is read-only', async () => {
  using place = makePlace();
  mkdirSync(place.path('from'));
  mkdirSync(place.path('to'));
  await sys.mount({ type: 'bind', source: place.path('from'), target: place.path('to'), options: ['rbind', 'ro'] });
  expect(() => writeFileSync(place.path('to/x'), '')).toThrow(/EROFS/);
  await sys.unmount(place.path('to'));
  expect(mountsBelow(place.folder)).toEqual([]);
});

test('propagation is set by a step of its own', async () => {
  using place = makePlace();
  mkdirSync(place.path('at'));
  const options = ['nosuid', 'size=64k', 'mode=700', 'rshared'];
  await sys.mount({ type: 'tmpfs', source: 'tmpfs', target: place.path('at'), options });
  expect(mountsBelow(place.folder)[0]).toMatch(/nosuid.* shared:\d+.*size=64k,mode=700/);
  await sys.unmount(place.path('at'), { lazy: true });
});

test('an overlay of more layers than fit into a page is mounted', async () => {
  using place = makePlace();
  const deep = place.path('x'.repeat(100));
  const layers = Array.from({ length: 60 }, (_, index) => join(deep, String(index), 'fs'));
  for (const layer of layers) mkdirSync(layer, { recursive: true });
  writeFileSync(join(deep, '59', 'fs', 'lowest'), 'x');
  mkdirSync(place.path('at'));
  const options = [`lowerdir=${layers.join(':')}`];
  expect(options[0]?.length).toBeGreaterThan(4096);
  await sys.mount({ type: 'overlay', source: 'overlay', target: place.path('at'), options });
  expect(readFileSync(place.path('at/lowest'), 'utf8')).toBe('x');
  await sys.unmount(place.path('at'));
});

test('options that fit in no way are refused with their size', async () => {
  const options = [`lowerdir=/${'x'.repeat(5000)}`];
  await expect(sys.mount({ type: 'overlay', source: 'overlay', target: '/tmp', options })).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringContaining('5010 bytes'),
  });
});

test('inotify tells of changes and of reading', async () => {
  using place = makePlace();
  writeFileSync(place.path('file'), '');
  const scratch = Buffer.alloc(4096);
  const changes = sys.inotify([place.path('file')]);
  const readings = sys.inotify([place.path('file')], { event: 'read' });
  readFileSync(place.path('file'));
  expect(sys.read(changes, scratch)).toBe(undefined);
  expect(sys.read(readings, scratch)).toBeGreaterThan(0);
  writeFileSync(place.path('file'), 'x');
  expect(sys.read(changes, scratch)).toBeGreaterThan(0);
  expect(() => sys.inotify([place.path('none')])).toThrow(expect.objectContaining({ code: 'not_found' }));
  sys.close(changes);
  sys.close(readings);
});

test('a signal reaches the process of a pidfd', async () => {
  const pid = parsePid(
    Number(execFileSync('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' })),
  );
  const pidfd = sys.pidfdOpen(pid);
  sys.pidfdSignal(pidfd, 15);
  let exit = sys.waitPid(pid);
  while (exit === undefined) {
    await sleep(5);
    exit = sys.waitPid(pid);
  }
  expect(exit).toEqual({ kind: 'signaled', pid, signal: 15 });
  sys.close(pidfd);
});

test('a listener that throws is the program’s failure, and the others are still told', async () => {
  const pipes = [sys.pipe(), sys.pipe()];
  const failures: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => failures.push(error));
  let told = 0;
  const watches = pipes.map((pipe) =>
    sys.watch(pipe.read, { readable: true, writable: false, edgeTriggered: true }, () => {
      told++;
      throw new Error('mine');
    }),
  );
  for (const pipe of pipes) sys.write(pipe.write, Buffer.from('x'));
  await sleep(50);
  process.removeAllListeners('uncaughtException');
  for (const listener of listeners) process.on('uncaughtException', listener);
  expect(told).toBe(2);
  expect(failures).toHaveLength(2);
  for (const watch of watches) watch[Symbol.dispose]();
  for (const pipe of pipes) {
    sys.close(pipe.read);
    sys.close(pipe.write);
  }
});

test('nothing is left open', () => {
  expect(openDescriptors()).toBe(before);
});
