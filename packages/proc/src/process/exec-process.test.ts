import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseExecId, parsePid, SandshimError } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import { firstPid as init } from '../testing/fake-runtime.ts';
import { execIn, type FakeStand, fakeStand, told, turn } from '../testing/fake-stand.ts';

let place: FakeStand;

const first = parsePid(init + 1);
const second = parsePid(init + 2);

afterEach(() => place[Symbol.dispose]());

async function running(runtime: 'runsc' | 'runc', spec?: unknown) {
  place = fakeStand(runtime);
  const container = await place.create(spec);
  await container.init.start();
  return container;
}

describe('an exec', () => {
  it('is only noted until it is started', async () => {
    const container = await running('runc');
    const exec = execIn(container, 'one');
    expect(exec.snapshot).toMatchObject({ status: 'created', stdout: '/out' });
    expect(exec.snapshot.pid).toBeUndefined();
    await expect(exec.kill(9)).rejects.toMatchObject({ code: 'failed_precondition', message: 'process not created' });
    expect(() => execIn(container, 'one')).toThrow('id one');
    expect(container.exec(parseExecId('one'))).toBe(exec);
    expect(() => container.exec(parseExecId('two'))).toThrow('process does not exist two');
    expect(await exec.delete()).toMatchObject({ status: 0, pid: undefined });
    expect(() => container.exec(parseExecId('one'))).toThrow('process does not exist one');
    expect(place.runtime.calls).not.toContain('exec');
  });

  it.each(['runsc', 'runc'] as const)('below %s runs, ends and is deleted with its files', async (runtime) => {
    const container = await running(runtime, {});
    const exec = execIn(container, 'one');
    expect(await exec.start()).toBe(first);
    await expect(exec.start()).rejects.toThrow('cannot start a running process');
    await expect(exec.delete()).rejects.toThrow('cannot delete a running process');
    expect(await container.pids()).toContainEqual({ pid: runtime === 'runsc' ? 7 : first, exec: 'one' });
    await place.end(first, { code: 5 });
    expect(await exec.wait()).toMatchObject({ status: 5 });
    await expect(exec.kill(9)).rejects.toMatchObject({ code: 'not_found' });
    await exec.delete();
    expect(existsSync(join(place.bundle, 'one.pid'))).toBe(false);
    expect(existsSync(join(place.bundle, 'one-internal.pid'))).toBe(false);
    expect(told(place.events).slice(2)).toEqual(['exec-added one', 'exec-started one', 'exit one 5', 'delete one 5']);
    expect(place.io.filter((call) => call.endsWith(' one'))).toEqual([
      ...['open one', 'started one', 'exited one', 'drain one', 'close one'],
    ]);
  });

  it('that ends before its start is answered is told of after it', async () => {
    const container = await running('runc');
    place.runtime.during('exec', () => place.end(first, { code: 6 }));
    const exec = execIn(container, 'one');
    expect(await exec.start()).toBe(first);
    expect(await exec.wait()).toMatchObject({ status: 6 });
    expect(told(place.events).slice(2)).toEqual(['exec-added one', 'exec-started one', 'exit one 6']);
  });

  it('that cannot be started is stopped with 128, without an exit event', async () => {
    const container = await running('runc');
    place.runtime.fail('exec', new SandshimError('invalid_argument', 'no such command'));
    const exec = execIn(container, 'one');
    await expect(exec.start()).rejects.toThrow('no such command');
    expect(await exec.wait()).toMatchObject({ status: 128 });
    expect(exec.snapshot.status).toBe('stopped');
    await exec.delete();
    expect(told(place.events).slice(2)).toEqual(['exec-added one', 'delete one 128']);
  });

  it('has done to its io what was asked before there was one', async () => {
    const container = await running('runc');
    const exec = execIn(container, 'one');
    await exec.closeStdin();
    await exec.resize({ rows: 10, columns: 20 });
    await exec.start();
    expect(place.io.slice(2)).toEqual(['open one', 'closeStdin one', 'started one', 'resize 10x20 one']);
  });

  it('below runsc is killed by its pid inside', async () => {
    const container = await running('runsc', {});
    const exec = execIn(container, 'one');
    await exec.start();
    await exec.kill(15);
    expect(place.runtime.calls.at(-1)).toBe('kill 15 7');
    place.runtime.fail('kill', new SandshimError('not_found', 'no such process'));
    await expect(exec.kill(15)).rejects.toMatchObject({ code: 'not_found', message: 'process already finished' });
  });

  it('below runsc that loses its sandbox was killed with it', async () => {
    const container = await running('runsc', {});
    const exec = execIn(container, 'one');
    await exec.start();
    place.sys.end(first, { code: 128 });
    await place.end(init, { signal: 9 });
    expect(await exec.wait()).toMatchObject({ status: 137 });
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    expect(told(place.events).slice(-2)).toEqual(['exit one 137', 'exit 137']);
  });

  it('needs no process on the host where the runtime can do without', async () => {
    const container = await running('runsc', {});
    const exit = Promise.withResolvers<{ exitStatus: number }>();
    let disposed = false;
    const sandboxPid = init;
    place.runtime.startExec = async () => ({
      ...{ internalPid: 12, sandboxPid, exit: exit.promise },
      [Symbol.dispose]: () => {
        disposed = true;
      },
    });
    const exec = execIn(container, 'one');
    expect(await exec.start()).toBe(init);
    await exec.kill(2);
    expect(place.runtime.calls.at(-1)).toBe('kill 2 12');
    exit.resolve({ exitStatus: 3 });
    expect(await exec.wait()).toMatchObject({ status: 3 });
    expect(disposed).toBe(true);
    expect(place.runtime.calls).not.toContain('exec');
    place.runtime.startExec = async () => undefined;
    await execIn(container, 'two').start();
    expect(place.runtime.calls).toContain('exec');
  });
});

describe("a container's last exits", () => {
  it('are those of its execs, then that of its init', async () => {
    const container = await running('runc');
    for (const id of ['one', 'two']) await execIn(container, id).start();
    place.sys.end(first, { signal: 9 });
    await place.end(init, { signal: 9 });
    await place.end(second, { signal: 9 });
    await container.init.wait();
    expect(told(place.events).slice(-3)).toEqual(['exit one 137', 'exit two 137', 'exit 137']);
  });

  it('wait for an exec that is being started, and no other may start', async () => {
    const container = await running('runc');
    const late = execIn(container, 'late');
    const gate = Promise.withResolvers<void>();
    place.runtime.during('exec', () => gate.promise);
    const exec = execIn(container, 'one');
    const start = exec.start();
    await turn();
    await place.end(init, { signal: 9 });
    expect(container.init.snapshot.status).toBe('running');
    await expect(late.start()).rejects.toMatchObject({
      ...{ code: 'failed_precondition', message: 'container box init process is not running' },
    });
    gate.resolve();
    await start;
    await place.end(first, { signal: 9 });
    await container.init.wait();
    expect(told(place.events).slice(-3)).toEqual(['exec-started one', 'exit one 137', 'exit 137']);
  });

  it('are bounded: an exec that does not end is given up, and is told of once', async () => {
    const container = await running('runc');
    place.runtime.during('kill', () => undefined);
    const exec = execIn(container, 'stuck');
    place.runtime.startExec = async () => ({
      ...{ internalPid: 12, sandboxPid: init, exit: new Promise(() => undefined) },
      [Symbol.dispose]: () => undefined,
    });
    await exec.start();
    await place.end(init, { signal: 9 });
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    expect(told(place.events).slice(-2)).toEqual(['exit stuck 137', 'exit 137']);
  });
});
