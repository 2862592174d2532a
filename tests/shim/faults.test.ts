import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Status } from '@sandshim/shim-server/api';
import { connectTask } from '@sandshim/shim-server/client';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';
import { type Invoked, openWorkshop, type Workshop } from '../support/shim/workshop.ts';

const mib = 1024 * 1024;

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop(ourRunsc);
});
afterEach(() => shop[Symbol.asyncDispose]());

/** A failed start as containerd needs it: status 1, one short line that names the cause, and nothing that stays. */
async function expectRefusal(outcome: Invoked, cause: string | RegExp): Promise<void> {
  expect(outcome).toMatchObject({ exitCode: 1, text: '' });
  expect(outcome.stderr).toMatch(/^io\.containerd\.runsc\.v1: .{1,500}$/);
  expect(outcome.stderr).toMatch(cause);
  expect(await shop.shims()).toEqual([]);
}

/** A file system of its own that takes `options`, for as long as it is used. */
async function tmpfs(path: string, options: string): Promise<AsyncDisposable> {
  await mkdir(path, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  return { [Symbol.asyncDispose]: () => execa('umount', ['--lazy', path]).then(() => undefined) };
}

describe('start fails with one line and leaves nothing', () => {
  it.each([
    ['text', Buffer.from('{"this": "is no protobuf"}')],
    ['a cut-off message', new Uint8Array([0x0a, 0x7f, 0x41])],
    ['random bytes', new Uint8Array(4_096).map((_, index) => (index * 151) % 256)],
  ])('when its stdin holds %s', async (_what, stdin) => {
    await shop.bundle('c1');
    await expectRefusal(await shop.invoke('c1', 'start', { stdin }), /stdin|option/);
    await shop.expectNothingLeft();
  });

  it('when its stdin has no end', async () => {
    await shop.bundle('c1');
    const stdin = new Uint8Array(11 * mib);
    await expectRefusal(await shop.invoke('c1', 'start', { stdin }), 'more than 10 MiB on stdin');
  });

  it.each([
    ['is not there', (file: string) => rm(file), /cannot read .*config\.json/],
    ['is empty', (file: string) => writeFile(file, ''), /config\.json: not JSON/],
    ['is cut off', (file: string) => truncate(file, 40), /config\.json: not JSON/],
    ['is a list', (file: string) => writeFile(file, '[]'), /config\.json: not a JSON object/],
    ['is 32 MiB of zeros', (file: string) => truncate(file, 32 * mib), /config\.json: not JSON/],
  ])('when config.json %s', async (_what, spoil, cause) => {
    const bundle = await shop.bundle('c1');
    await spoil(join(bundle, 'config.json'));
    await expectRefusal(await shop.invoke('c1', 'start'), cause);
  });

  it('when the folder of the sockets cannot be written', async () => {
    await shop.bundle('c1');
    await using _readOnly = await tmpfs(shop.sockets, 'ro');
    await expectRefusal(await shop.invoke('c1', 'start'), /cannot listen on .*: .*EROFS/);
  });

  it('when the disk of the sockets is full', async () => {
    await shop.bundle('c1');
    await using _full = await tmpfs(shop.sockets, 'nr_inodes=1');
    await expectRefusal(await shop.invoke('c1', 'start'), /cannot listen on .*: .*ENOSPC/);
  });

  it('when the name of the socket is too long', async () => {
    await shop.bundle('c1');
    const env = { SANDSHIM_SOCKET_DIR: join(shop.sockets, 'long'.repeat(20)) };
    await expectRefusal(await shop.invoke('c1', 'start', { env }), /has \d+ bytes, 106 are allowed/);
  });

  it('when the disk of the bundle is full, and its socket goes', async () => {
    const bundles = dirname(await shop.bundle('before'));
    await using _small = await tmpfs(bundles, 'size=16k');
    const bundle = await shop.bundle('c1');
    const filler = await open(join(bundle, 'filler'), 'w');
    await filler.writeFile(new Uint8Array(16_384)).catch(() => undefined);
    await filler.close();
    await expectRefusal(await shop.invoke('c1', 'start'), /ENOSPC/);
    expect((await readdir(shop.sockets)).filter((name) => name.length === 64)).toEqual([]);
  });
});

describe('start works all the same', () => {
  it('with a config.json of 32 MiB', async () => {
    await shop.bundle('c1', { annotations: { large: 'x'.repeat(32 * mib) } });
    expect(await shop.invoke('c1', 'start')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('without a log fifo', async () => {
    const bundle = await shop.bundle('c1');
    await rm(join(bundle, 'log'));
    expect(await shop.invoke('c1', 'start')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('with a log fifo that is full and that nobody reads, and tells later how much was lost', async () => {
    const bundle = await shop.bundle('c1');
    const log = join(bundle, 'log');
    await rm(log);
    await execa('mkfifo', [log]);
    await using fifo = await open(log, constants.O_RDWR | constants.O_NONBLOCK);
    await expect(fifo.writeFile(new Uint8Array(mib))).rejects.toThrow('EAGAIN');
    const { exitCode, text } = await shop.invoke('c1', 'start');
    expect(exitCode).toBe(0);
    await using connection = await connectTask(text, { namespace: shop.namespace });
    const { shimPid } = await connection.task.connect({ id: 'c1' });
    // None of the dump's lines can be written.
    process.kill(shimPid, 'SIGUSR1');
    expect(await connection.task.connect({ id: 'c1' })).toMatchObject({ shimPid });
    const reader = execa('cat', [log], { stdin: 'ignore', reject: false, buffer: false });
    await using _reader = {
      [Symbol.asyncDispose]: async () => {
        reader.kill('SIGKILL');
        await reader;
      },
    };
    let seen = '';
    reader.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString().replaceAll('\0', '');
    });
    const told = (): true | undefined => {
      process.kill(shimPid, 'SIGUSR1');
      return /\d+ lines? .*dropped/.test(seen) || undefined;
    };
    await eventually(told, { what: 'the number of lines that were dropped', everyMs: 100 });
  });
});

describe('only the shim’s own user and group get an answer', () => {
  // Connect{id:"c1"} of Task v2.
  const request =
    '000000280000000101000a17636f6e7461696e6572642e7461736b2e76322e5461736b1207436f6e6e6563741a040a026331';
  const script = `
    const { connect } = require('node:net');
    const [path, request, uid, gid] = process.argv.slice(1);
    process.setgroups([]);
    process.setegid(Number(gid));
    process.seteuid(Number(uid));
    let bytes = 0;
    const socket = connect(path, () => socket.write(Buffer.from(request, 'hex')));
    socket.on('data', (chunk) => { bytes += chunk.length; socket.end(); });
    socket.on('error', () => {});
    socket.on('close', () => console.log(bytes));
  `;
  const bytesFor = async (path: string, uid: number, gid: number): Promise<number> =>
    Number((await execa(process.execPath, ['-e', script, path, request, String(uid), String(gid)])).stdout);

  it.each([
    ['nobody', 65_534, 65_534],
    ['root with another group', 0, 65_534],
  ])('not %s, whatever the socket’s mode', async (_who, uid, gid) => {
    await shop.bundle('c1');
    const { text } = await shop.invoke('c1', 'start');
    const path = text.replace('unix://', '');
    for (const folder of [shop.folder, shop.sockets]) await chmod(folder, 0o755);
    await chmod(path, 0o666);
    expect(await bytesFor(path, 0, 0)).toBeGreaterThan(0);
    expect(await bytesFor(path, uid, gid)).toBe(0);
    await using connection = await connectTask(text, { namespace: shop.namespace });
    expect((await connection.task.connect({ id: 'c1' })).shimPid).toBeGreaterThan(0);
  });
});

describe.each([ourRunsc, ourRunc])('a bundle that is deleted under $name', (subject) => {
  it('wedges nothing: the container can be asked, entered, killed and deleted', async () => {
    await using stand = await startShim(subject);
    const { id, bundle } = await stand.run({ args: ['sleep', '100'], io: { stdout: '', stderr: '' } });
    for (const name of await readdir(bundle)) {
      // The root file system is mounted there, and stays.
      if (name !== 'rootfs') await rm(join(bundle, name), { recursive: true, force: true });
    }
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.RUNNING);
    expect(await stand.exec(id, ['true'])).toMatchObject({ status: 0 });
    await stand.task.kill({ id, execId: '', signal: 9, all: true });
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(137);
    await stand.task.delete({ id, execId: '' });
    await stand.task.shutdown({ id, now: false }).catch(() => undefined);
    await stand.expectNothingLeft();
  });
});

describe.each([ourRunsc, ourRunc])('a disk that is full when $name makes a container', (subject) => {
  it('fails Create with the cause, and the id is free once there is room', async () => {
    await using stand = await startShim(subject);
    const bundles = join(stand.folder, 'state', 'io.containerd.runtime.v2.task', stand.namespace);
    const options = { id: 'c1', args: ['true'], io: { stdout: '', stderr: '' } };
    const small = await tmpfs(join(bundles, 'c1'), 'size=24k');
    const filler = join(bundles, 'c1', 'filler');
    // The start still finds room for the address; Create does not for its files.
    const full = stand.start('c1', options).then(async () => {
      await writeFile(filler, new Uint8Array(24_576)).catch(() => undefined);
      return stand.create({ ...options, started: true });
    });
    // The shim's answer, not a failure of this test's own files.
    await expect(full).rejects.toMatchObject({
      name: 'SandshimError',
      message: expect.stringMatching(/no space left|ENOSPC/i),
    });
    expect((await stand.cleanUp('c1')).exitCode).toBe(0);
    await small[Symbol.asyncDispose]();
    await rm(join(bundles, 'c1'), { recursive: true, force: true });
    const { id } = await stand.run(options);
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(0);
    await stand.task.delete({ id, execId: '' });
  });
});

describe('the delete action', () => {
  it('answers in a bundle that holds nothing, and for one that is not there', async () => {
    const bundle = await shop.bundle('c1');
    for (const name of await readdir(bundle)) await rm(join(bundle, name), { recursive: true });
    for (const [id, named] of [
      ['c1', bundle],
      ['gone', join(dirname(bundle), 'gone')],
    ] as const) {
      const args = ['-namespace', shop.namespace, '-address', shop.address, '-id', id, '-bundle', named];
      const answer = await shop.invoke('c1', 'delete', { args });
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answer.stdout.length).toBeGreaterThan(0);
    }
  });
});

describe('a shim that is killed in the middle of its start', () => {
  it('leaves nothing that hinders the next one', async () => {
    await shop.bundle('c1');
    for (let round = 0; round < 5; round += 1) {
      const starting = shop.invoke('c1', 'start');
      await new Promise((resolve) => setTimeout(resolve, 10 + round * 15));
      for (const pid of await shop.shims()) process.kill(pid, 'SIGKILL');
      await starting;
    }
    const { exitCode, text } = await shop.invoke('c1', 'start');
    expect(exitCode).toBe(0);
    await using connection = await connectTask(text, { namespace: shop.namespace });
    expect((await shop.shims()).length).toBeGreaterThan(0);
    expect((await connection.task.connect({ id: 'c1' })).shimPid).toBeGreaterThan(0);
    await connection.task.shutdown({ id: 'c1', now: false });
  });
});
