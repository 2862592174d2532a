import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  Any,
  BootstrapParams,
  BootstrapResult,
  LogLevel,
  packAny,
  RuntimeOptions,
  SandboxDefinition,
} from '@sandshim/shim-server/api';
import { connectTask } from '@sandshim/shim-server/client';
import { connectTtrpc, createClient } from '@sandshim/shim-server/ttrpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerdFolder, eventually, writeRunscToml } from '../support/index.ts';
import { ourRunsc } from '../support/shim/subject.ts';
import { ended, openWorkshop, type Workshop } from '../support/shim/workshop.ts';

const pod = { annotations: { 'io.kubernetes.cri.sandbox-id': 'pod-1' } };
const since17 = { MAX_SHIM_VERSION: '2', GRPC_ADDRESS: '/run/containerd/containerd.sock', NAMESPACE: 'default' };

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop(ourRunsc);
});
afterEach(() => shop[Symbol.asyncDispose]());

describe('start', () => {
  it('answers containerd 1.6 with the address and nothing else, and leaves it in the bundle', async () => {
    const bundle = await shop.bundle('c1');
    const reply = await shop.invoke('c1', 'start');
    expect(reply).toMatchObject({ exitCode: 0, stderr: '' });
    const address = Buffer.from(reply.stdout).toString();
    expect(address).toMatch(/^unix:\/\/\/.*\/s\/[0-9a-f]{64}$/);
    expect(await readFile(join(bundle, 'address'), 'utf8')).toBe(address);
    const path = address.replace('unix://', '');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('answers containerd 1.7 to 2.2 with JSON, version 2', async () => {
    await shop.bundle('c1');
    const { text } = await shop.invoke('c1', 'start', { env: since17 });
    expect(JSON.parse(text)).toEqual({
      version: 2,
      address: expect.stringMatching(/^unix:\/\//),
      protocol: 'ttrpc',
    });
  });

  it('answers BootstrapParams with a BootstrapResult, version 3, and listens in the folder that they name', async () => {
    await shop.bundle('c1');
    const socketDir = join(shop.folder, 'elsewhere');
    const params = BootstrapParams.create({
      instanceId: 'c1',
      namespace: shop.namespace,
      logLevel: LogLevel.DEBUG,
      containerdVersion: 'v2.3.4',
      containerdTtrpcAddress: join(shop.folder, 'nobody.sock'),
      socketDir,
      extensions: [{ value: packAny(RuntimeOptions, RuntimeOptions.create({})) }],
    });
    const stdin = BootstrapParams.encode(params).finish();
    const reply = await shop.invoke('c1', 'start', { stdin, env: { ...since17, SANDSHIM_SOCKET_DIR: '' } });
    expect(reply).toMatchObject({ exitCode: 0, stderr: '' });
    const { version, address, protocol } = BootstrapResult.decode(reply.stdout);
    expect([version, protocol]).toEqual([3, 'ttrpc']);
    expect(address).toMatch(new RegExp(`^unix://${socketDir}/[0-9a-f]{64}$`));
    await using connection = await connectTask(address, { namespace: shop.namespace });
    expect(connection.version).toBe(3);
  });

  it.each([
    ['1.7', 'grpc', /^\//],
    // See docs/containerd.md: this containerd drops every gRPC shim as soon as it connects.
    ['2.1', 'ttrpc', /^unix:\/\//],
  ] as const)('asked for gRPC tells containerd %s the protocol %s', async (containerd, protocol, address) => {
    await using own = await openWorkshop(ourRunsc, { config: 'transport = "grpc"' });
    await own.bundle('c1');
    const args = [
      ...['-namespace', own.namespace, '-address', own.address, '-id', 'c1'],
      ...['-publish-binary', join(containerdFolder(containerd), 'containerd')],
    ];
    const { text } = await own.invoke('c1', 'start', { args, env: since17 });
    expect(JSON.parse(text)).toEqual({ version: 2, address: expect.stringMatching(address), protocol });
    const warned = () => own.log('c1').includes('level=warning') === (protocol === 'ttrpc') || undefined;
    await eventually(warned, { what: 'a warning where ttrpc is used instead' });
  });

  it('twenty times for one pod at the same instant gives one shim, whose address all get', async () => {
    await using own = await openWorkshop(ourRunsc, { config: 'exit_grace_ms = 100' });
    const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await Promise.all(ids.map((id) => own.bundle(id, pod)));
    const replies = await Promise.all(ids.map((id) => own.invoke(id, 'start')));
    expect(replies.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(ids.map(() => [0, '']));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const shims = await own.shims();
    expect(shims).toHaveLength(1);
    await using connection = await connectTask(replies[0]?.text ?? '', { namespace: own.namespace });
    expect((await connection.task.connect({ id: 'c0' })).shimPid).toBe(shims[0]);
    await connection.task.shutdown({ id: 'c0', now: false });
    await own.expectNothingLeft();
  });

  it('gives each container a shim of its own where grouping is off', async () => {
    await using own = await openWorkshop(ourRunsc, { config: 'grouping = false' });
    await Promise.all(['c1', 'c2'].map((id) => own.bundle(id, pod)));
    const replies = await Promise.all(['c1', 'c2'].map((id) => own.invoke(id, 'start')));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(2);
    expect(await own.shims()).toHaveLength(2);
  });

  it('replaces the socket file that a killed shim left', async () => {
    await shop.bundle('c1');
    const first = await shop.invoke('c1', 'start');
    const [killed = 0] = await shop.shims();
    process.kill(killed, 'SIGKILL');
    await ended(killed);
    expect((await stat(first.text.replace('unix://', ''))).isSocket()).toBe(true);
    expect(await shop.invoke('c1', 'start')).toMatchObject({ exitCode: 0, text: first.text });
    await using connection = await connectTask(first.text, { namespace: shop.namespace });
    expect((await connection.task.connect({ id: 'c1' })).shimPid).not.toBe(killed);
    await connection.task.shutdown({ id: 'c1', now: false });
    await shop.expectNothingLeft();
  });
});

describe('a shim that has just started', () => {
  it('answers the Sandbox service, which containerd asks some shims for, with unimplemented', async () => {
    await shop.bundle('c1');
    const { text } = await shop.invoke('c1', 'start');
    await using channel = await connectTtrpc(text);
    const sandbox = createClient(SandboxDefinition, { channel });
    const sandboxId = 'c1';
    for (const call of [
      () => sandbox.platform({ sandboxId }),
      () => sandbox.pingSandbox({ sandboxId }),
      () => sandbox.sandboxStatus({ sandboxId, verbose: false }),
      () => sandbox.shutdownSandbox({ sandboxId }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'unimplemented',
        message: expect.stringContaining('containerd.runtime.sandbox.v1.Sandbox'),
      });
    }
  });

  it.each([
    ['its last container has gone', ['true']],
    ['its only container could not be made', []],
  ])('leaves by itself when %s and nobody sends a Shutdown', async (_when, args) => {
    await using own = await openWorkshop(ourRunsc, { config: 'exit_grace_ms = 200' });
    const bundle = await own.bundle('c1', { args });
    const configPath = join(own.folder, 'runsc.toml');
    await writeRunscToml(configPath, { root: join(own.folder, 'runsc') });
    const stdin = Any.encode(packAny(RuntimeOptions, RuntimeOptions.create({ configPath }))).finish();
    const { text } = await own.invoke('c1', 'start', { stdin });
    const [pid = 0] = await own.shims();
    await using connection = await connectTask(text, { namespace: own.namespace, version: 3 });
    const options = Any.decode(stdin);
    const io = { terminal: false, stdin: '', stdout: '', stderr: '' };
    const request = { id: 'c1', bundle, rootfs: [], ...io, checkpoint: '', parentCheckpoint: '', options };
    const made = await connection.task.create(request).then(
      () => true,
      () => false,
    );
    expect(made).toBe(args.length > 0);
    if (made) await connection.task.delete({ id: 'c1', execId: '' });
    await ended(pid);
    await own.expectNothingLeft();
  });
});
