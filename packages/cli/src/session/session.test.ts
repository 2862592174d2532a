import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createHost } from '../host/real-host.ts';
import { createFakeMachine } from '../testing/fake-machine.ts';
import { resolveUser } from './container-user.ts';
import { DetachKeys } from './detach-keys.ts';
import { mergeEnv } from './exec-process.ts';
import { startFailure } from './start-failure.ts';

describe('the keys to leave', () => {
  const type = async (...chunks: readonly (readonly number[])[]): Promise<{ passed: string; left: boolean }> => {
    let left = false;
    const keys = new DetachKeys(() => {
      left = true;
    });
    const passed = text(keys);
    for (const chunk of chunks) keys.write(Buffer.from(chunk));
    keys.end();
    return { passed: await passed, left };
  };

  it('are ctrl-P ctrl-Q, in one piece or two; what follows is swallowed', async () => {
    expect(await type([0x61, 0x10, 0x11, 0x62])).toEqual({ passed: 'a', left: true });
    expect(await type([0x61, 0x10], [0x11], [0x62])).toEqual({ passed: 'a', left: true });
  });

  it('alone are passed on', async () => {
    expect(await type([0x10, 0x61])).toEqual({ passed: '\u0010a', left: false });
    expect(await type([0x10, 0x10, 0x61])).toEqual({ passed: '\u0010\u0010a', left: false });
    expect(await type([0x11])).toEqual({ passed: '\u0011', left: false });
    expect(await type([0x10])).toEqual({ passed: '\u0010', left: false });
  });
});

describe('the environment', () => {
  it("is the container's own, changed by name, with our own value for a name alone", () => {
    expect(mergeEnv(['PATH=/bin', 'A=1'], ['A=2=3', 'OURS', 'MISSING', 'B='], { OURS: 'x' })).toEqual([
      'PATH=/bin',
      'A=2=3',
      'OURS=x',
      'B=',
    ]);
  });

  it('has no variable without a name', () => {
    expect(() => mergeEnv([], ['=x'], {})).toThrow('--env "=x" has no name');
  });
});

describe('a user', () => {
  it("is found by name or number in the container's own files", async () => {
    await using machine = createFakeMachine();
    machine.write('/fs/etc/passwd', 'root:x:0:0::/:/bin/sh\nwww:x:33:34::/:/bin/sh\n');
    machine.write('/fs/etc/group', 'root:x:0:\nstaff:x:50:\n');
    const host = createHost({ root: machine.root });
    const resolve = (user: string, rootfs: string | undefined = '/fs') => resolveUser(host, { user, rootfs });
    expect(await resolve('www')).toEqual({ uid: 33, gid: 34 });
    expect(await resolve('33')).toEqual({ uid: 33, gid: 34 });
    expect(await resolve('www:staff')).toEqual({ uid: 33, gid: 50 });
    expect(await resolve('7:8', undefined)).toEqual({ uid: 7, gid: 8 });
    expect(await resolve('4242')).toEqual({ uid: 4242, gid: 0 });
    await expect(resolve('nobody')).rejects.toThrow('the container knows no user called nobody');
    await expect(resolve('www:wheel')).rejects.toThrow('the container knows no group called wheel');
    await expect(resolve('')).rejects.toThrow('names nobody');
  });
});

describe('a failure to start', () => {
  it.each([
    ['OCI runtime exec failed: exec: "x": executable file not found in $PATH: unknown', 127],
    ['error finding executable "x" in PATH [/bin]: no such file or directory', 127],
    ['exec failed: unable to start container process: exec: "/etc": permission denied', 126],
    ['exec failed: unable to start container process: exec: "/etc": is a directory', 126],
    ['failed to load /x: exec format error', 126],
    ['the disk is full', 125],
  ])('%j ends with %d', (message, exitCode) => {
    expect(startFailure(new Error(message), ['x'])).toMatchObject({ exitCode });
  });
});
