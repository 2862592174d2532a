import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { makeFifos, openClientFifos, openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { parseExecId, spawnCommand } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import { processOf } from './support/bundle.ts';
import { type Stand, stand } from './support/stand.ts';

let place: Stand | undefined;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
});

const sys = await openSys();
const openIo = (options: Parameters<typeof openProcessIo>[0]) => openProcessIo(options, { sys, spawn: spawnCommand });

const read = (stream: Readable | undefined) => (stream === undefined ? Promise.resolve('') : text(stream));

const fifosIn = (name: string, options: { readonly stdin?: boolean; readonly terminal?: boolean } = {}) => {
  const folder = join(place?.workspace.folder ?? '', name);
  mkdirSync(folder);
  return makeFifos(folder, { sys, stdin: options.stdin ?? false, terminal: options.terminal ?? false });
};

describe.each(['runsc', 'controlled runsc', 'runc'] as const)('the streams below %s', (runtime) => {
  it('carry all input and output of a container, whole, before its deletion is answered', async () => {
    place = await stand(runtime, { openIo });
    const endpoints = fifosIn('streams', { stdin: true });
    using client = openClientFifos(endpoints, { sys });
    const output = read(client.stdout);
    const errors = read(client.stderr);
    const args = ['sh', '-c', 'cat; echo done >&2'];
    const container = await place.create('cat', { args, with: endpoints });
    await container.init.start();
    const input = 'a line of input\n'.repeat(20_000);
    client.stdin?.write(input);
    client.stdin?.end();
    await container.init.closeStdin();
    expect(await container.init.wait()).toMatchObject({ status: 0 });
    await container.init.delete();
    expect((await output) === input).toBe(true);
    expect(await errors).toBe('done\n');
  });

  it('of an exec that were closed before its start end at once', async () => {
    place = await stand(runtime, { openIo });
    const container = await place.create('box', { args: ['sleep', '100'] });
    await container.init.start();
    const endpoints = fifosIn('exec', { stdin: true });
    using client = openClientFifos(endpoints, { sys });
    const output = read(client.stdout);
    const exec = container.addExec(parseExecId('cat'), { ...endpoints, process: processOf(['cat']) });
    await exec.closeStdin();
    client.stdin?.end('early\n');
    await exec.start();
    expect(await exec.wait()).toMatchObject({ status: 0 });
    await exec.delete();
    expect(await output).toBe('early\n');
    await container.init.kill(9);
    await container.init.wait();
    await container.init.delete();
  });

  it('that a background child holds open delay a deletion by a bounded time only', async () => {
    place = await stand(runtime, { openIo, limits: { drainMs: 200 } });
    const container = await place.create('box', { args: ['sleep', '1000'] });
    await container.init.start();
    const endpoints = fifosIn('exec');
    using client = openClientFifos(endpoints, { sys });
    const output = read(client.stdout);
    const process = processOf(['sh', '-c', 'sleep 1000 & echo left']);
    const exec = container.addExec(parseExecId('leaver'), { ...endpoints, process });
    await exec.start();
    expect(await exec.wait()).toMatchObject({ status: 0 });
    await exec.delete();
    expect(await output).toBe('left\n');
    await container.init.kill(9);
    await container.init.wait();
    await container.init.delete();
  });

  it('are a terminal where one is asked for, of the size that is asked for', async () => {
    place = await stand(runtime, { openIo });
    const endpoints = fifosIn('terminal', { stdin: true, terminal: true });
    using client = openClientFifos(endpoints, { sys });
    const output = read(client.stdout);
    const args = ['sh', '-c', 'test -t 1 && read line && stty size && echo got $line'];
    const container = await place.create('tty', { args, terminal: true, with: endpoints });
    await container.init.start();
    await container.init.resize({ rows: 33, columns: 111 });
    client.stdin?.write('input\n');
    expect(await container.init.wait()).toMatchObject({ status: 0 });
    await container.init.delete();
    expect(await output).toContain('33 111\r\ngot input\r\n');
  });
});
