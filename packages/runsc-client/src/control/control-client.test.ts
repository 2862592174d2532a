import { symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FakeControlReply, FakeControlServer } from '../testing/fake-control-server.ts';
import { ControlClient, type ControlClientOptions } from './control-client.ts';

const answering = (reply: FakeControlReply) => FakeControlServer.start(() => reply);
const failure = (code: string, outcome: string) => expect.objectContaining({ name: 'ControlError', code, outcome });

async function clientOf(reply: FakeControlReply, options?: ControlClientOptions) {
  const server = await answering(reply);
  return { server, client: new ControlClient(server.path, options) };
}

describe('ControlClient', () => {
  it('sends one request a connection and closes it when it is answered', async () => {
    const { server, client } = await clientOf({ result: { any: 1 } });
    await using _ = server;
    await expect(client.call('some.Method', { CID: 'c' })).resolves.toEqual({ any: 1 });
    await client.call('some.Method', 'x');
    await server.untilIdle();
    expect(server.accepted).toBe(2);
    expect(server.requests).toEqual([
      { method: 'some.Method', arg: { CID: 'c' } },
      { method: 'some.Method', arg: 'x' },
    ]);
  });

  it('lists processes, and none where the sandbox says null', async () => {
    const process = { uid: 0, pid: 7, ppid: 1, threads: [7, 8], c: 0, tty: '?', stime: '', time: '', cmd: 'sh' };
    const { server, client } = await clientOf({ result: [process] });
    await using _ = server;
    const listed = [{ pid: 7, parentPid: 1, uid: 0, threads: [7, 8], command: 'sh' }];
    await expect(client.processes('c')).resolves.toEqual(listed);
    const empty = await clientOf({ result: null });
    await using __ = empty.server;
    await expect(empty.client.processes('c')).resolves.toEqual([]);
  });

  it('names whom a signal goes to', async () => {
    const { server, client } = await clientOf({ result: {} });
    await using _ = server;
    await client.signal('c', { signo: 15, target: { kind: 'init' } });
    await client.signal('c', { signo: 9, target: { kind: 'process', pid: 4 } });
    await client.signal('c', { signo: 9, target: { kind: 'all' } });
    await client.signal('c', { signo: 28, target: { kind: 'foreground', pid: 4 } });
    expect(server.requests.map(({ arg }) => arg)).toEqual([
      { CID: 'c', Signo: 15, PID: 0, Mode: 0 },
      { CID: 'c', Signo: 9, PID: 4, Mode: 0 },
      { CID: 'c', Signo: 9, PID: 0, Mode: 1 },
      { CID: 'c', Signo: 28, PID: 4, Mode: 2 },
    ]);
  });

  it('waits for a status beyond the bound of other calls', async () => {
    const later = Promise.withResolvers<FakeControlReply>();
    const { server, client } = await clientOf({ when: later.promise }, { timeoutMs: 1 });
    await using _ = server;
    const waits = [client.wait('c'), client.waitForProcess('c', { pid: 5 })];
    await expect(client.processes('c')).rejects.toEqual(expect.objectContaining({ code: 'deadline_exceeded' }));
    later.resolve({ result: 7 << 8 });
    await expect(Promise.all(waits)).resolves.toEqual([{ exitStatus: 7 }, { exitStatus: 7 }]);
  });

  it.each([
    ['unknown method', 'unimplemented'],
    ['signaling process in container "c" PID 77: no such process with PID 77', 'not_found'],
    ['container "c" not found', 'not_found'],
    ['container "c" not started', 'failed_precondition'],
    ['json: cannot unmarshal object into Go value of type string', 'invalid_argument'],
    ['something new', 'unknown'],
  ])('gives a refusal as it is, "%s", with the code %s', async (text, code) => {
    const { server, client } = await clientOf({ refuse: text });
    await using _ = server;
    const error = expect.objectContaining({ code, outcome: 'refused', message: text, method: 'm' });
    await expect(client.call('m', null)).rejects.toEqual(error);
    await server.untilIdle();
  });

  it.each<[string, FakeControlReply]>([
    ['is cut short', { closeAfter: '{"success":tr' }],
    ['never comes', { closeAfter: '' }],
  ])('does not know what was done when the answer %s', async (_name, reply) => {
    const { server, client } = await clientOf(reply);
    await using _ = server;
    await expect(client.call('m', null)).rejects.toEqual(failure('unavailable', 'unknown'));
  });

  it.each([
    '{"success":"yes","err":"","result":1}',
    '{"err":"","result":1}',
    '{"success":false,"result":1}',
    '[]',
    'HTTP/1.1 400',
    '{"success":true}{"success":true}',
  ])('refuses the answer %s', async (bytes) => {
    const { server, client } = await clientOf({ bytes });
    await using _ = server;
    await expect(client.call('m', null)).rejects.toEqual(failure('data_loss', 'unknown'));
    await server.untilIdle();
  });

  it('refuses an answer beyond its bound and hangs up', async () => {
    const { server, client } = await clientOf({ bytes: `{"success":"${'x'.repeat(5_000)}` }, { maxAnswerBytes: 1_000 });
    await using _ = server;
    await expect(client.call('m', null)).rejects.toEqual(failure('resource_exhausted', 'unknown'));
    await server.untilIdle();
  });

  it('hangs up when it is aborted, and when its time is over', async () => {
    const { server, client } = await clientOf({ silent: true });
    await using _ = server;
    const controller = new AbortController();
    const waiting = client.wait('c', { signal: controller.signal });
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(waiting).rejects.toEqual(failure('canceled', 'unknown'));
    await expect(client.wait('c', { timeoutMs: 1 })).rejects.toEqual(
      expect.objectContaining({ code: 'deadline_exceeded' }),
    );
    await server.untilIdle();
  });

  it('sends nothing when it is aborted before', async () => {
    const { server, client } = await clientOf({ result: 1 });
    await using _ = server;
    const signal = AbortSignal.abort();
    await expect(client.call('m', null, { signal })).rejects.toEqual(failure('canceled', 'not-sent'));
    expect(server.accepted).toBe(0);
  });

  it('says that nothing was sent where no socket is', async () => {
    for (const path of [
      '/nonexistent/control.sock',
      '\0runsc-sandbox.nonexistent\0',
      `/nonexistent/${'x'.repeat(200)}`,
    ]) {
      await expect(new ControlClient(path).processes('c')).rejects.toEqual(failure('unavailable', 'not-sent'));
    }
  });

  it('reaches a socket whose path is longer than an address', async () => {
    const { server, client } = await clientOf({ result: [] });
    await using _ = server;
    const long = join(dirname(server.path), 'x'.repeat(150));
    await symlink(dirname(server.path), long);
    await expect(new ControlClient(join(long, basename(server.path))).processes('c')).resolves.toEqual([]);
    await expect(client.processes('c')).resolves.toEqual([]);
  });

  it('rejects results of any other shape with a ControlError', async () => {
    const value = { reply: { result: null } as { result: unknown } };
    await using server = await FakeControlServer.start(() => value.reply);
    const client = new ControlClient(server.path);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (result) => {
        value.reply = { result };
        for (const call of [client.processes('c'), client.usage(null), client.runtimeState('c'), client.wait('c')]) {
          await call.catch((error: unknown) => expect(error).toEqual(failure('data_loss', 'unknown')));
        }
      }),
      { numRuns: 40 },
    );
    await server.untilIdle();
  });

  it('leaves no listener on a signal that many calls share', async () => {
    const { server, client } = await clientOf({ result: [] });
    await using _ = server;
    const { signal } = new AbortController();
    const added = new Map<string, number>();
    const count = (name: string, by: number) => added.set(name, (added.get(name) ?? 0) + by);
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      count(args[0], 1);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      count(args[0], -1);
      removeEventListener.apply(signal, args);
    };
    for (let i = 0; i < 5; i += 1) await client.processes('c', { signal });
    expect(added).toEqual(new Map([['abort', 0]]));
  });
});
