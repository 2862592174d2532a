import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClaimDeps, claimSocket, type OwnedSocket, probe } from './claim-socket.ts';

let root: string;
let path: string;
const open: OwnedSocket[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandshim-claim-'));
  path = join(root, 's', 'sock');
});
afterEach(() => {
  for (const socket of open.splice(0)) socket[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

/** A lock that is fair within this process. */
function localLock(): ClaimDeps {
  let last = Promise.resolve();
  return {
    lock: async () => {
      const before = last;
      const gate = Promise.withResolvers<void>();
      last = gate.promise;
      await before;
      return { [Symbol.dispose]: gate.resolve };
    },
  };
}

async function claim(deps: ClaimDeps = localLock()): Promise<'owned' | 'joined'> {
  const result = await claimSocket(path, deps);
  if (result.kind === 'owned') open.push(result.socket);
  return result.kind;
}

/** The file of a listener that is gone, as a killed shim leaves it. */
async function leaveDeadSocket(): Promise<void> {
  mkdirSync(join(root, 's'), { recursive: true });
  const server = createServer();
  const alias = join(root, 's', 'alias');
  await new Promise<void>((resolve) => server.listen(alias, resolve));
  const { linkSync } = await import('node:fs');
  linkSync(alias, path);
  await new Promise((resolve) => server.close(resolve));
}

describe('claimSocket', () => {
  it('listens on a socket of mode 0600 in a folder of mode 0700', async () => {
    expect(await claim()).toBe('owned');
    expect(lstatSync(path).mode & 0o7777).toBe(0o600);
    expect(statSync(join(root, 's')).mode & 0o7777).toBe(0o700);
    expect(await probe(path)).toBe('alive');
  });

  it('finds the shim that already listens', async () => {
    expect(await claim()).toBe('owned');
    expect(await claim()).toBe('joined');
    expect(readdirSync(join(root, 's'))).toEqual(['sock']);
  });

  it('lets one of twenty starters win, also over a dead socket', async () => {
    await leaveDeadSocket();
    const deps = localLock();
    const kinds = await Promise.all(Array.from({ length: 20 }, () => claim(deps)));
    expect(kinds.filter((kind) => kind === 'owned')).toHaveLength(1);
    expect(await probe(path)).toBe('alive');
  });

  it('removes its file when disposed, but not the file of a successor', async () => {
    await claim();
    open.splice(0)[0]?.[Symbol.dispose]();
    expect(await probe(path)).toBe('absent');

    await claim();
    const [first] = open.splice(0);
    rmSync(path);
    await claim();
    first?.[Symbol.dispose]();
    expect(await probe(path)).toBe('alive');
  });

  it('says why a folder cannot be used', async () => {
    writeFileSync(join(root, 's'), 'a file');
    await expect(claim()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(path) });
  });

  it('gives up on something that is no socket', async () => {
    mkdirSync(path, { recursive: true });
    await expect(claim()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
