import { readdirSync } from 'node:fs';
import { pid as processId } from 'node:process';
import { ControlClient, type ExecArguments, execute } from '@sandshim/runsc-client/control';
import { type FakeControlReply, type FakeControlRequest, FakeControlServer } from '@sandshim/runsc-client/testing';
import { describe, expect, it } from 'vitest';
import { openSys } from '../../../io/src/sys/index.ts';

const sys = await openSys();
const process: ExecArguments = {
  ...{ ContainerID: 'c', argv: ['true'], envv: [], wd: '/', KUID: 0, KGID: 0, ExtraKGIDs: [], Capabilities: {} },
  StdioIsPty: false,
};

const methodOf = ({ method }: FakeControlRequest) => method.replace('containerManager.', '');

async function setUp(replies: Readonly<Record<string, FakeControlReply>>) {
  const server = await FakeControlServer.start((request) => replies[methodOf(request)] ?? { refuse: 'unknown method' });
  const client = new ControlClient(server.path, { sender: sys });
  const asked = () => server.requests.map(methodOf);
  return { server, client, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const openDescriptors = () => readdirSync('/proc/self/fd').length;

describe('execute', () => {
  it('asks for the end on the connection on which it asked for the start', async () => {
    await using box = await setUp({ ExecuteAsync: { result: 7 }, WaitPID: { result: 3 << 8 } });
    const executed = await execute(box.client, { process, descriptors: [] });
    expect(executed.pid).toBe(7);
    await expect(executed.exit).resolves.toEqual({ exitStatus: 3 });
    expect(box.server.requests[1]).toEqual({ method: 'containerManager.WaitPID', arg: { CID: 'c', PID: 7 } });
    await box.server.untilIdle();
    expect(box.server.accepted).toBe(1);
  });

  it('sends arguments larger than a socket takes at once', async () => {
    await using box = await setUp({ ExecuteAsync: { result: 7 }, WaitPID: { result: 0 } });
    const large = { ...process, envv: [`A=${'x'.repeat(3_000_000)}`] };
    const executed = await execute(box.client, { process: large, descriptors: [] });
    await executed.exit;
    expect(box.server.requests[0]?.arg).toEqual(large);
  });

  it.each<[string, FakeControlReply, string, string]>([
    ['refuses', { refuse: 'container "c" not started' }, 'failed_precondition', 'refused'],
    ['answers no pid', { result: 'seven' }, 'data_loss', 'unknown'],
    ['answers pid 0', { result: 0 }, 'data_loss', 'unknown'],
    ['hangs up', { closeAfter: '' }, 'unavailable', 'unknown'],
  ])('fails when the sandbox %s', async (_name, reply, code, outcome) => {
    await using box = await setUp({ ExecuteAsync: reply });
    await expect(execute(box.client, { process, descriptors: [] })).rejects.toMatchObject({ code, outcome });
    await box.server.untilIdle();
  });

  it('says that nothing was sent where no socket is, and without a sender', async () => {
    const notSent = { outcome: 'not-sent' };
    const absent = new ControlClient('/nonexistent/socket', { sender: sys });
    await expect(execute(absent, { process, descriptors: [] })).rejects.toMatchObject(notSent);
    await using box = await setUp({});
    const senderless = new ControlClient(box.server.path);
    await expect(execute(senderless, { process, descriptors: [] })).rejects.toMatchObject(notSent);
    expect(box.server.accepted).toBe(0);
  });

  it('sends nothing to another process than the sandbox', async () => {
    await using box = await setUp({ ExecuteAsync: { result: 7 }, Processes: { result: [] } });
    const other = new ControlClient(box.server.path, { sender: sys, peerPid: 1 });
    const notSent = { code: 'unavailable', outcome: 'not-sent', message: expect.stringContaining('not the sandbox') };
    await expect(execute(other, { process, descriptors: [] })).rejects.toMatchObject(notSent);
    await expect(other.processes('c')).rejects.toMatchObject(notSent);
    const self = new ControlClient(box.server.path, { sender: sys, peerPid: processId });
    await expect(self.processes('c')).resolves.toEqual([]);
    expect(box.asked()).toEqual(['Processes']);
  });

  it('tells of a sandbox that ends while the process runs', async () => {
    await using box = await setUp({ ExecuteAsync: { result: 7 }, WaitPID: { closeAfter: '{"succ' } });
    const executed = await execute(box.client, { process, descriptors: [] });
    await expect(executed.exit).rejects.toMatchObject({ code: 'unavailable', outcome: 'unknown' });
  });

  it('kills a process that comes up after its start was aborted, and takes its status', async () => {
    const late = Promise.withResolvers<FakeControlReply>();
    const end = Promise.withResolvers<FakeControlReply>();
    await using box = await setUp({
      ExecuteAsync: { when: late.promise },
      Signal: { result: {} },
      WaitPID: { when: end.promise },
    });
    const controller = new AbortController();
    const starting = execute(box.client, { process, descriptors: [], signal: controller.signal });
    while (box.server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(starting).rejects.toMatchObject({ code: 'canceled', outcome: 'unknown' });
    late.resolve({ result: 7 });
    while (!box.asked().includes('Signal')) await new Promise((resolve) => setImmediate(resolve));
    end.resolve({ result: 9 });
    await box.server.untilIdle();
    expect(box.asked()).toEqual(['ExecuteAsync', 'WaitPID', 'Signal']);
    expect(box.server.requests[2]?.arg).toEqual({ CID: 'c', Signo: 9, PID: 7, Mode: 0 });
  });

  it('hangs up on a process that nobody waits for any more', async () => {
    await using box = await setUp({ ExecuteAsync: { result: 7 }, WaitPID: { silent: true } });
    const executed = await execute(box.client, { process, descriptors: [] });
    executed[Symbol.dispose]();
    await expect(executed.exit).rejects.toMatchObject({ code: 'canceled' });
    await box.server.untilIdle();
  });

  it('leaves no descriptor open, however it ends', async () => {
    const replies: FakeControlReply[] = [{ result: 7 }, { refuse: 'no' }, { bytes: 'garbage' }, { closeAfter: '{' }];
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const reply of replies) {
        await using box = await setUp({ ExecuteAsync: reply, WaitPID: { result: 0 } });
        const executed = await execute(box.client, { process, descriptors: [] }).catch(() => undefined);
        await executed?.exit;
        await box.server.untilIdle();
      }
      before ||= openDescriptors();
    }
    expect(openDescriptors()).toBe(before);
  });
});
