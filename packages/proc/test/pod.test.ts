import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Container } from '../src/index.ts';
import { execOf, type Stand, stand } from './support/stand.ts';

let place: Stand;
let pause: Container;

let inPod: Readonly<Record<string, string>>;

beforeEach(async () => {
  place = await stand('runsc');
  inPod = { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': place.id('pause') };
  const annotations = { 'io.kubernetes.cri.container-type': 'sandbox' };
  pause = await place.create('pause', { args: ['sleep', '100'], annotations });
  await pause.init.start();
});

afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

const eventsOf = (id: string) =>
  place.events.filter(({ container }) => container === place.id(id)).map(({ type }) => type);

async function endPod(): Promise<void> {
  await pause.init.kill(9);
  await pause.init.wait();
  await pause.init.delete();
}

describe("a container in a pod's sandbox", () => {
  it('shares the sandbox, has its own streams, and ends with its own status, however quick', async () => {
    const stdout = join(place.workspace.folder, 'out');
    writeFileSync(stdout, '');
    for (const id of ['first', 'second', 'third']) {
      const args = ['sh', '-c', `echo ${id}; exit 9`];
      const container = await place.create(id, { args, annotations: inPod, with: { stdout } });
      expect(container.sandboxRoot).toBe(false);
      expect(container.init.snapshot.pid).toBe(pause.init.snapshot.pid);
      await container.init.start();
      expect(await container.init.wait()).toMatchObject({ status: 9 });
      await container.init.delete();
      expect(eventsOf(id)).toEqual(['create', 'start', 'exit', 'delete']);
    }
    expect(readFileSync(stdout, 'utf8')).toBe('first\nsecond\nthird\n');
    expect(pause.init.snapshot.status).toBe('running');
    await endPod();
    expect(place.warnings).toEqual([]);
  });

  it('that cannot start is stopped with 128 and can be deleted', async () => {
    const container = await place.create('broken', { args: ['/no/such/command'], annotations: inPod });
    await expect(container.init.start()).rejects.toThrow('/no/such/command');
    expect(await container.init.wait()).toMatchObject({ status: 128 });
    expect(container.init.snapshot.status).toBe('stopped');
    await container.init.delete();
    expect(eventsOf('broken')).toEqual(['create', 'delete']);
    await endPod();
  });

  it('that was only created takes SIGKILL, and can be deleted', async () => {
    const killed = await place.create('killed', { args: ['sleep', '100'], annotations: inPod });
    await killed.init.kill(9);
    expect(await killed.init.wait()).toMatchObject({ status: 137 });
    await killed.init.delete();
    const deleted = await place.create('deleted', { args: ['sleep', '100'], annotations: inPod });
    await deleted.init.delete();
    expect(eventsOf('killed')).toEqual(['create', 'exit', 'delete']);
    expect(eventsOf('deleted')).toEqual(['create', 'delete']);
    await endPod();
  });

  it('is killed with its execs, the sandbox goes on', async () => {
    const container = await place.create('app', { args: ['sleep', '100'], annotations: inPod });
    await container.init.start();
    const exec = execOf(container, 'sleeper', ['sleep', '50']);
    await exec.start();
    await container.init.kill(9);
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    expect(exec.snapshot.exit).toMatchObject({ status: 137 });
    expect(eventsOf('app').filter((type) => type === 'exit')).toHaveLength(2);
    await container.init.delete();
    expect(pause.init.snapshot.status).toBe('running');
    await endPod();
  });

  it.each([
    ['its root container is killed', () => pause.init.kill(9)],
    ['its process is killed', () => process.kill(pause.init.snapshot.pid ?? 0, 'SIGKILL')],
  ])('is killed with the sandbox when %s', async (_, kill) => {
    const running = await place.create('running', { args: ['sleep', '100'], annotations: inPod });
    await running.init.start();
    const exec = execOf(running, 'sleeper', ['sleep', '50']);
    await exec.start();
    const created = await place.create('created', { args: ['sleep', '100'], annotations: inPod });
    await kill();
    expect(await pause.init.wait()).toMatchObject({ status: 137 });
    expect(await running.init.wait()).toMatchObject({ status: 137 });
    expect(await exec.wait()).toMatchObject({ status: 137 });
    expect(await created.init.wait()).toMatchObject({ status: 137 });
    for (const container of [running, created, pause]) await container.init.delete();
    expect(eventsOf('running')).toEqual([
      ...['create', 'start', 'exec-added', 'exec-started'],
      ...['exit', 'exit', 'delete'],
    ]);
    expect(eventsOf('created')).toEqual(['create', 'exit', 'delete']);
  });
});
