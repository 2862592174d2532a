import { describe, expect, it } from 'vitest';
import { createHost } from '../host/real-host.ts';
import { createFakeMachine } from '../testing/fake-machine.ts';
import { stateFolders } from './locations.ts';
import { parseShimAddress } from './shim-address.ts';
import { findTaskFolders, type StateFolder } from './task-folders.ts';

const states: readonly StateFolder[] = [
  { folder: '/run/containerd', origin: 'containerd' },
  { folder: '/run/sandshim', origin: 'sandshim' },
];
const base = '/run/containerd/io.containerd.runtime.v2.task';

describe('a shim address', () => {
  it('is plain text up to containerd 1.7', () => {
    expect(parseShimAddress('unix:///run/containerd/s/ab\n')).toEqual({
      socket: '/run/containerd/s/ab',
      protocol: 'ttrpc',
      version: 2,
    });
  });

  it('is JSON since containerd 2.0', () => {
    const text = '{"version":3,"address":"unix:///run/containerd/s/ab","protocol":"ttrpc"}';
    expect(parseShimAddress(text)).toEqual({ socket: '/run/containerd/s/ab', protocol: 'ttrpc', version: 3 });
    expect(parseShimAddress('{"version":2,"address":"/run/x.sock","protocol":"GRPC"}')).toEqual({
      socket: '/run/x.sock',
      protocol: 'grpc',
      version: 2,
    });
  });

  it('without a scheme is the name of an abstract socket', () => {
    expect(parseShimAddress('containerd-shim/c1').socket).toBe('\0containerd-shim/c1');
  });

  it.each(['', 'vsock://3:1024', '{', '{"version":2}', 'unix://'])('%j is refused', (text) => {
    expect(() => parseShimAddress(text)).toThrow(/address|bootstrap/);
  });
});

describe('tasks', () => {
  it("are found in containerd's and in sandshim's state folder, in any namespace", async () => {
    await using machine = createFakeMachine();
    machine.write(`${base}/k8s.io/b/address`, 'unix:///run/containerd/s/1');
    machine.write(`${base}/default/a/bootstrap.json`, '{"version":3,"address":"unix:///run/containerd/s/2"}');
    machine.write('/run/sandshim/io.containerd.runtime.v2.task/default/c/address', 'unix:///run/containerd/s/3');
    machine.write(`${base}/default/.going/address`, 'unix:///run/containerd/s/4');
    machine.write(`${base}/default/starting/config.json`, '{}');
    const host = createHost({ root: machine.root });
    const found = await findTaskFolders(host, { states });
    expect(found.map(({ namespace, id, origin, address }) => [namespace, id, origin, address?.socket])).toEqual([
      ['default', 'a', 'containerd', '/run/containerd/s/2'],
      ['default', 'c', 'sandshim', '/run/containerd/s/3'],
      ['default', 'starting', 'containerd', undefined],
      ['k8s.io', 'b', 'containerd', '/run/containerd/s/1'],
    ]);
    expect(await findTaskFolders(host, { states, namespace: 'k8s.io' })).toHaveLength(1);
  });

  it('of a folder that serves as both are listed once', () => {
    expect(stateFolders({ containerdSocket: '/r/x.sock', state: '/r', root: '/r' })).toEqual([
      { folder: '/r', origin: 'sandshim' },
    ]);
  });

  it('are none on a machine that has no state folder', async () => {
    await using machine = createFakeMachine();
    expect(await findTaskFolders(createHost({ root: machine.root }), { states })).toEqual([]);
  });

  it('with an unreadable address have none', async () => {
    await using machine = createFakeMachine();
    machine.write(`${base}/default/a/bootstrap.json`, '{"version":');
    const [task] = await findTaskFolders(createHost({ root: machine.root }), { states });
    expect(task?.address).toBeUndefined();
  });
});
