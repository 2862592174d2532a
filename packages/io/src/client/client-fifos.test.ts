import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSys } from '../sys/index.ts';
import { makeFifos, openClientFifos } from './client-fifos.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/sandshim-fifos-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a client's fifos", () => {
  it('read what the process writes, to its end', async () => {
    const sys = await openSys();
    const endpoints = makeFifos(folder, { sys, stdin: false, terminal: false });
    using client = openClientFifos(endpoints, { sys });
    expect(client.stdin).toBeUndefined();
    if (client.stdout === undefined || client.stderr === undefined) throw new Error('no output');
    const both = Promise.all([text(client.stdout), text(client.stderr)]);
    const [stdout, stderr] = [openSync(endpoints.stdout, 'w'), openSync(endpoints.stderr, 'w')];
    writeSync(stdout, 'hello');
    writeSync(stderr, 'oops');
    closeSync(stdout);
    closeSync(stderr);
    expect(await both).toEqual(['hello', 'oops']);
  });

  it('do not end before a process came', async () => {
    const sys = await openSys();
    const endpoints = makeFifos(folder, { sys, stdin: false, terminal: true });
    expect(endpoints.stderr).toBe('');
    using client = openClientFifos(endpoints, { sys });
    let ended = false;
    client.stdout?.on('end', () => {
      ended = true;
    });
    client.stdout?.resume();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => void setImmediate(resolve));
    expect(ended).toBe(false);
  });

  it('give the process its input, and the end of it', async () => {
    const sys = await openSys();
    const endpoints = makeFifos(folder, { sys, stdin: true, terminal: true });
    using client = openClientFifos(endpoints, { sys });
    client.stdin?.write('typed');
    const reader = openSync(endpoints.stdin, 'r');
    const buffer = Buffer.alloc(16);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('typed');
    const closed = new Promise((resolve, reject) => void client.stdin?.once('close', resolve).once('error', reject));
    client.stdin?.end();
    await closed;
    expect(readSync(reader, buffer)).toBe(0);
    closeSync(reader);
  });

  it('that are missing are an error, and leave no descriptor open', async () => {
    const sys = await openSys();
    const endpoints = makeFifos(folder, { sys, stdin: true, terminal: false });
    rmSync(endpoints.stderr);
    const before = readdirSync('/proc/self/fd').length;
    expect(() => openClientFifos(endpoints, { sys })).toThrow(/stderr/);
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
