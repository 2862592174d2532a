import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { createStand, runtimes, type Stand } from './support/stand.ts';

const flags = runtimes.find(({ runtime }) => runtime === 'runsc')?.flags ?? [];
const counter = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done';

let stand: Stand;
beforeAll(async () => {
  stand = await createStand();
});
afterAll(() => stand[Symbol.asyncDispose]());

async function start(name: string, script: string): Promise<void> {
  await stand.ok(['run', '-d', '--name', name, ...flags, '--rootfs', stand.rootfs, '--', 'sh', '-c', script]);
}

const numbers = async (name: string) => (await stand.ok(['logs', name])).split('\n').filter(Boolean).map(Number);

async function countTo(name: string, least: number): Promise<void> {
  await eventually(async () => ((await numbers(name)).at(-1) ?? 0) >= least || undefined, {
    what: `${name} to count to ${least}`,
  });
}

describe('checkpoint and restore', () => {
  test('stop a counter, and let it go on from where it was', async () => {
    const folder = join(stand.root, '..', 'saved');
    await start('counter', counter);
    await countTo('counter', 5);
    expect(await stand.ok(['checkpoint', 'counter', folder])).toBe(`${folder}\n`);
    expect(await stand.ok(['ps', '--format', '{{.id}} {{.status}}'])).toBe('counter stopped\n');
    const reached = (await numbers('counter')).at(-1) ?? 0;
    expect(await stand.ok(['restore', 'counter', folder])).toBe('counter\n');
    expect(await stand.ok(['ps', '--format', '{{.id}} {{.status}}'])).toBe('counter running\n');
    await countTo('counter', reached + 5);
    await stand.ok(['kill', 'counter']);
    expect(await stand.ok(['wait', 'counter'])).toBe('137\n');
    const counted = await numbers('counter');
    expect(counted).toEqual(counted.map((_, index) => index + 1));
    await stand.ok(['rm', 'counter']);
  });

  test('leave it running if asked to', async () => {
    const folder = join(stand.root, '..', 'live');
    await start('live', counter);
    await countTo('live', 3);
    expect(await stand.ok(['checkpoint', '--leave-running', 'live', folder])).toBe(`${folder}\n`);
    expect(await stand.ok(['ps', '--format', '{{.id}} {{.status}}'])).toBe('live running\n');
    await countTo('live', ((await numbers('live')).at(-1) ?? 0) + 3);
    await stand.ok(['rm', '-f', 'live']);
  });

  test('say what is missing', async () => {
    await start('short', 'exit 0');
    await stand.ok(['wait', 'short']);
    expect(await stand.sandshim(['restore', 'short', '/nowhere'])).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: 'sandshim: /nowhere is not a folder\n  → make one: sandshim checkpoint short /nowhere\n',
    });
    expect(await stand.sandshim(['checkpoint', 'short', join(stand.root, '..', 'never')])).toMatchObject({
      ...{ status: 1, stdout: '' },
      stderr: expect.stringContaining('stopped'),
    });
    await stand.ok(['rm', 'short']);
  });
});

describe('debug', () => {
  beforeAll(() => start('seen', 'while :; do sleep 0.1; done'));
  afterAll(() => stand.ok(['rm', '-f', 'seen']));

  test("shows the stacks of the sandbox's own goroutines", async () => {
    expect(await stand.ok(['debug', '--stacks', 'seen'])).toMatch(/^goroutine \d+ \[/m);
  });

  test('shows its processes', async () => {
    expect(await stand.ok(['debug', '--ps', 'seen'])).toContain('sleep');
  });

  test('says how to have a sandbox that can be profiled', async () => {
    const file = join(stand.root, '..', 'never.pprof');
    expect(await stand.sandshim(['debug', '--profile-cpu', file, '--duration', '1s', 'seen'])).toEqual({
      ...{ status: 1, stdout: '' },
      stderr:
        'sandshim: the sandbox of seen was not prepared for profiles\n' +
        '  → start it with profile = "true" in [runsc_config] of its runsc.toml: sandshim run --runtime-config FILE …\n',
    });
  });

  test('changes what the sandbox logs', async () => {
    expect(await stand.sandshim(['debug', '--log-level', 'debug', 'seen'])).toMatchObject({ status: 0, stderr: '' });
    expect(await stand.sandshim(['debug', '--strace', 'open,read', 'seen'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('says what it can be asked for', async () => {
    expect(await stand.sandshim(['debug', 'seen'])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('--stacks'),
    });
  });
});

describe('a sandbox that is prepared for profiles', () => {
  beforeAll(async () => {
    const config = join(stand.root, '..', 'profiled.toml');
    await writeFile(config, '[runsc_config]\nplatform = "ptrace"\nnetwork = "none"\nprofile = "true"\n');
    const script = 'while :; do sleep 0.1; done';
    const args = ['--runtime-config', config, '--rootfs', stand.rootfs, '--', 'sh', '-c', script];
    await stand.ok(['run', '-d', '--name', 'profiled', ...args]);
  });
  afterAll(() => stand.ok(['rm', '-f', 'profiled']));

  test.each(['cpu', 'heap', 'block', 'mutex'])('has a %s profile', async (kind) => {
    const file = join(stand.root, '..', `${kind}.pprof`);
    await stand.ok(['debug', `--profile-${kind}`, file, '--duration', '1s', 'profiled']);
    // pprof's files are gzip.
    expect((await readFile(file)).subarray(0, 2).toString('hex')).toBe('1f8b');
  });

  test('has a trace', async () => {
    const file = join(stand.root, '..', 'trace');
    await stand.ok(['debug', '--trace', file, '--duration', '1s', 'profiled']);
    expect((await readFile(file)).subarray(0, 3).toString()).toBe('go ');
  });
});
