import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import { loadState } from './saved-state.ts';
import { firstPid as init } from './testing/fake-runtime.ts';
import { execIn, type FakeStand, fakeStand, privateNamespaces, told, turn } from './testing/fake-stand.ts';

let place: FakeStand;

afterEach(() => place[Symbol.dispose]());

const inPod = { annotations: { 'io.kubernetes.cri.container-type': 'container' } };
const gone = (text: string) => new SandshimError('not_found', text);

describe('creating a container', () => {
  it('mounts its rootfs, opens its io, has the runtime make it, and tells of it', async () => {
    place = fakeStand('runc');
    const rootfs = [{ type: 'overlay', source: 'overlay', options: ['lowerdir=/a:/b'] }];
    const saved = { runtime: 'runc', binary: 'runc', root: '/run/x' } as const;
    const container = await place.create(privateNamespaces, { rootfs, saved });
    expect(place.sys.mounts).toEqual([{ ...rootfs[0], target: join(place.bundle, 'rootfs') }]);
    expect(place.runtime.calls).toEqual(['create - with streams']);
    expect(place.io).toEqual(['open box', 'started box']);
    expect(container.init.snapshot).toMatchObject({ status: 'created', pid: init, stdout: '/out' });
    expect(told(place.events)).toEqual(['create']);
    expect(await loadState(place.bundle)).toEqual(saved);
  });

  it('undoes everything when the runtime refuses', async () => {
    place = fakeStand('runc');
    place.runtime.fail('create', new SandshimError('invalid_argument', 'no'));
    await expect(place.create()).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(place.runtime.calls).toEqual(['create - with streams', 'delete force']);
    expect(place.io).toEqual(['open box', 'close box']);
    expect(place.events).toEqual([]);
  });

  it('leaves another container of the same id alone', async () => {
    place = fakeStand('runc');
    place.runtime.fail('create', new SandshimError('already_exists', 'it exists'));
    await expect(place.create()).rejects.toMatchObject({ code: 'already_exists' });
    expect(place.runtime.calls).toEqual(['create - with streams']);
  });

  it('opens nothing when a mount fails, and says which', async () => {
    place = fakeStand('runc');
    place.sys.failMount = new SandshimError('not_found', 'no such folder');
    const rootfs = [{ type: 'bind', source: '/a', options: [] }];
    await expect(place.create(privateNamespaces, { rootfs })).rejects.toThrow('failed to mount rootfs');
    expect(place.io).toEqual([]);
    expect(place.runtime.calls).toEqual([]);
  });

  it('starts nothing for a config.json that is none', async () => {
    place = fakeStand('runc');
    await expect(place.create('{')).rejects.toMatchObject({ code: 'invalid_argument' });
    expect([...place.io, ...place.runtime.calls]).toEqual([]);
  });

  it('hands a sandbox root its streams and its user log, and a pod container its streams at its start', async () => {
    place = fakeStand('runsc');
    const logs = { 'io.kubernetes.cri.sandbox-log-directory': '/logs' };
    const root = await place.create({ annotations: logs });
    expect(root.sandboxRoot).toBe(true);
    expect(place.runtime.calls).toEqual(['create /logs/gvisor.log with streams']);
    place[Symbol.dispose]();
    place = fakeStand('runsc');
    const inner = await place.create({ annotations: { ...logs, ...inPod.annotations } });
    expect(inner.sandboxRoot).toBe(false);
    expect(place.io).toEqual(['open box']);
    await inner.init.start();
    expect(place.runtime.calls).toEqual(['create - without streams', 'start with streams', 'wait']);
    expect(place.io).toEqual(['open box', 'started box']);
  });

  it('from a checkpoint makes nothing before its start, which restores', async () => {
    place = fakeStand('runsc');
    const container = await place.create({}, { checkpoint: '/image' });
    expect(place.runtime.calls).toEqual([]);
    expect(container.init.snapshot).toMatchObject({ status: 'created' });
    expect(() => execIn(container, 'early')).toThrow('cannot exec in a created state');
    expect(await container.init.start()).toBe(init);
    expect(place.runtime.calls).toEqual(['restore /image']);
    expect(container.init.snapshot).toMatchObject({ status: 'running', pid: init });
    await place.end(init, { code: 0 });
    expect(told(place.events)).toEqual(['create', 'start', 'exit 0']);
  });

  it('from a checkpoint can be killed and deleted unstarted', async () => {
    place = fakeStand('runc');
    const container = await place.create({}, { checkpoint: '/image' });
    await container.init.kill(9);
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    place.runtime.fail('delete', gone('none'));
    await container.init.delete();
    expect(told(place.events)).toEqual(['create', 'delete 137']);
  });
});

describe('an init process', () => {
  it('that ends while it is being started is told of after its start', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    place.runtime.during('start', () => place.end(init, { code: 3 }));
    await container.init.start();
    expect(await container.init.wait()).toMatchObject({ status: 3 });
    expect(told(place.events)).toEqual(['create', 'start', 'exit 3']);
  });

  it('that ends before its start is told of, and cannot be started', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    await place.end(init, { signal: 9 });
    await expect(container.init.start()).rejects.toThrow('cannot start a stopped process');
    expect(told(place.events)).toEqual(['create', 'exit 137']);
  });

  it('can be started again after a start that failed, unless it is in a pod', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    place.runtime.fail('start', new SandshimError('unknown', 'not yet'));
    await expect(container.init.start()).rejects.toThrow('not yet');
    expect(container.init.snapshot.status).toBe('created');
    await container.init.start();
    expect(container.init.snapshot.status).toBe('running');
    place[Symbol.dispose]();
    place = fakeStand('runsc');
    const inner = await place.create(inPod);
    place.runtime.fail('start', new SandshimError('unknown', 'not yet'));
    await expect(inner.init.start()).rejects.toThrow('not yet');
    expect(await inner.init.wait()).toMatchObject({ status: 128 });
    expect(place.io).toEqual(['open box', 'exited box', 'close box']);
    await expect(inner.init.start()).rejects.toThrow('cannot start a stopped process');
  });

  it('is not started twice', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    const starts = [container.init.start(), container.init.start()];
    await expect(starts[0]).resolves.toBe(init);
    await expect(starts[1]).rejects.toMatchObject({ code: 'unknown', message: 'cannot start a running process' });
  });

  it('that a kill misses since it has ended says so', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    await container.init.start();
    place.runtime.fail('kill', gone('no such process'));
    await expect(container.init.kill(1)).rejects.toMatchObject({
      ...{ code: 'not_found', message: 'process already finished' },
    });
    await container.init.kill(15, { all: true });
    expect(place.runtime.calls.at(-1)).toBe('kill 15 all');
  });

  it("takes every process of a shared PID namespace with it, and none of a private one's", async () => {
    place = fakeStand('runc');
    const shared = await place.create({});
    await shared.init.start();
    await place.end(init, { code: 0 });
    expect(place.runtime.calls.at(-1)).toBe('kill 9 all');
    place[Symbol.dispose]();
    place = fakeStand('runc');
    const apart = await place.create(privateNamespaces);
    await apart.init.start();
    await place.end(init, { code: 0 });
    expect(place.runtime.calls.at(-1)).toBe('start without streams');
  });

  it('below runsc is only ended, not signalled, before its start', async () => {
    place = fakeStand('runsc');
    const inner = await place.create(inPod);
    await expect(inner.init.kill(1)).rejects.toMatchObject({ code: 'failed_precondition' });
    await inner.init.kill(9);
    expect(place.runtime.calls).toContain('delete force');
    expect(await inner.init.wait()).toMatchObject({ status: 137 });
  });

  it('is deleted with its io drained, closed and its mounts gone, once', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    await container.init.start();
    await expect(container.init.delete()).rejects.toThrow('cannot delete a running process');
    await place.end(init, { code: 4 });
    expect(await container.init.delete()).toMatchObject({ status: 4, pid: init });
    expect(place.io.slice(2)).toEqual(['exited box', 'drain box', 'close box']);
    await expect(container.init.delete()).rejects.toMatchObject({ code: 'not_found' });
    expect(told(place.events)).toEqual(['create', 'start', 'exit 4', 'delete 4']);
  });

  it('whose deletion fails can be deleted again, and its end is told of', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    place.runtime.during('delete', () => place.runtime.fail('delete', new SandshimError('unknown', 'busy')));
    await expect(container.init.delete()).rejects.toThrow('busy');
    await place.end(init, { signal: 9 });
    expect(told(place.events)).toEqual(['create', 'exit 137']);
    place.runtime.during('delete', () => undefined);
    place.runtime.fail('delete', gone('it went'));
    await container.init.delete();
    expect(container.init.snapshot.status).toBe('deleted');
  });

  it('is waited for until the wait is canceled', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    const controller = new AbortController();
    const wait = container.init.wait({ signal: controller.signal });
    controller.abort();
    await expect(wait).rejects.toMatchObject({ code: 'canceled' });
  });

  it('in a pod ends as the sandbox says, or with the sandbox', async () => {
    place = fakeStand('runsc');
    const quick = await place.create(inPod);
    place.runtime.waits.status = Promise.resolve(9);
    await quick.init.start();
    expect(await quick.init.wait()).toMatchObject({ status: 9 });
    place[Symbol.dispose]();
    place = fakeStand('runsc');
    const killed = await place.create(inPod);
    await killed.init.start();
    await place.end(init, { code: 0 });
    expect(await killed.init.wait()).toMatchObject({ status: 137 });
    expect(told(place.events)).toEqual(['create', 'start', 'exit 137']);
  });
});

describe('pausing', () => {
  it('goes by pausing, and back if it fails', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    await expect(container.pause()).rejects.toThrow('cannot pause task in created state');
    await container.init.start();
    const seen: string[] = [];
    place.runtime.during('pause', () => void seen.push(container.init.snapshot.status));
    await container.pause();
    await expect(container.pause()).rejects.toThrow('cannot pause a paused container');
    place.runtime.fail('resume', new SandshimError('unknown', 'frozen'));
    await expect(container.resume()).rejects.toThrow('frozen');
    expect(container.init.snapshot.status).toBe('paused');
    await container.resume();
    place.runtime.fail('pause', new SandshimError('unknown', 'too warm'));
    await expect(container.pause()).rejects.toThrow('too warm');
    expect(container.init.snapshot.status).toBe('running');
    expect(seen).toEqual(['pausing', 'pausing']);
    expect(told(place.events)).toEqual(['create', 'start', 'paused', 'resumed']);
  });

  it('ends when the process does', async () => {
    place = fakeStand('runc');
    const container = await place.create();
    await container.init.start();
    place.runtime.during('pause', () => place.end(init, { signal: 9 }));
    await container.pause();
    expect(container.init.snapshot.status).toBe('stopped');
    await turn();
    expect(existsSync(place.bundle)).toBe(true);
  });

  it('is undone for a SIGKILL below runsc, where a paused sandbox would not even die', async () => {
    place = fakeStand('runsc');
    const container = await place.create({});
    await container.init.start();
    await container.pause();
    await container.init.kill(9);
    expect(place.runtime.calls.slice(-2)).toEqual(['kill 9 -', 'resume']);
  });
});
