import { expect, test } from 'vitest';
import { createHost } from '../host/real-host.ts';
import { createFakeMachine } from '../testing/fake-machine.ts';
import { findShims, parseShimCommand } from './find-shims.ts';

const facts = {
  name: 'containerd-shim-runc-v2',
  namespace: 'k8s.io',
  id: 'c1',
  engine: '/run/containerd/containerd.sock',
};

test('a shim is known by its command line, with zeros or, once it has renamed itself, with spaces between the arguments', () => {
  const argv = ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'c1', '-address', facts.engine];
  expect(parseShimCommand(`${argv.join('\0')}\0`)).toEqual(facts);
  expect(parseShimCommand(`${argv.join(' ')}\0\0\0\0\0\0`)).toEqual(facts);
  expect(parseShimCommand(`${[...argv, '-debug'].join('\0')}\0`)).toEqual(facts);
});

test.each([
  '',
  '/bin/sh\0',
  'containerd\0--config\0x\0',
  'containerd-shim-runc-v2\0-v\0',
  'containerd-shim-runc-v2\0-namespace\0n\0-id\0c\0-address\0a\0start\0',
  'containerd-shim-runc-v2\0-namespace\0n\0-id\0c\0-address\0a\0-bundle\0b\0delete\0',
  'vi\0containerd-shim-runc-v2\0-namespace\0',
])('%j is no shim that serves', (cmdline) => {
  expect(parseShimCommand(cmdline)).toBeUndefined();
});

test('a shim is told with its memory, its age and its sockets', async () => {
  await using machine = createFakeMachine();
  machine.write(
    '/proc/77/cmdline',
    'containerd-shim-runc-v2\0-namespace\0k8s.io\0-id\0c1\0-address\0/run/containerd/containerd.sock\0',
  );
  machine.write('/proc/77/smaps_rollup', 'x\nRss:  2000 kB\nPss:  1000 kB\n');
  machine.write('/proc/77/stat', `77 (node (x) y) S ${Array(18).fill('0').join(' ')} 12345 0`);
  machine.write('/proc/stat', 'cpu 1\nbtime 1700000000\n');
  machine.link('socket:[4242]', '/proc/77/fd/3');
  machine.write(
    '/proc/net/unix',
    'Num RefCount\nffff: 00000002 00000000 00010000 0001 01 4242 /run/containerd/s/ab\nffff: 3 0 00000000 1 03 4243 /run/x\n',
  );
  machine.write('/proc/self/cmdline', 'sh\0');
  expect(await findShims(createHost({ root: machine.root }))).toEqual([
    {
      ...facts,
      pid: 77,
      memory: 1_024_000,
      startedAt: new Date((1_700_000_000 + 123.45) * 1000),
      sockets: ['/run/containerd/s/ab'],
    },
  ]);
});

test('a socket that was bound under a hidden name is told by the name that it has now', async () => {
  await using machine = createFakeMachine();
  machine.write(
    '/proc/77/cmdline',
    'containerd-shim-runsc-v1 -namespace k8s.io -id pod1 -address /run/containerd/containerd.sock\0\0',
  );
  machine.link('socket:[4242]', '/proc/77/fd/3');
  machine.write('/proc/net/unix', 'ffff: 00000002 00000000 00010000 0001 01 4242 /run/containerd/s/.77-ab\n');
  const [shim] = await findShims(createHost({ root: machine.root }));
  expect(shim?.sockets).toEqual(['/run/containerd/s/8e264b1ad347c80aee5f3dea6e4bb53d72026989222058782273d5db043c7723']);
});
