import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePid } from '@sandshim/runsc-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Containerd,
  eventually,
  startContainerd,
  startOnTerminal,
  startSession,
  testImage,
  unique,
  watchEvents,
  writeRunscToml,
} from '../../../tests/support/index.ts';
import { type CommandOptions, createStand, type Outcome, type Stand } from './support/stand.ts';

const shims = [
  { name: "Go's runc shim", runtime: 'io.containerd.runc.v2', runsc: false },
  { name: 'our shim with runc', runtime: 'io.containerd.sandshim-runc.v2', runsc: false },
  { name: 'our shim with runsc', runtime: 'io.containerd.runsc.v1', runsc: true },
] as const;

describe.each(shims)('beside ctr, $name', ({ runtime, runsc }) => {
  let containerd: Containerd;
  let stand: Stand;
  let scope: readonly string[];
  let ctrOptions: readonly string[];
  beforeAll(async () => {
    [containerd, stand] = await Promise.all([startContainerd({ version: '1.6' }), createStand()]);
    const { paths, namespace, folder } = containerd;
    scope = ['-n', namespace, '--address', paths.address, '--state', paths.state];
    const toml = join(folder, 'runsc.toml');
    await writeRunscToml(toml);
    ctrOptions = ['--runtime', runtime, ...(runsc ? ['--runtime-config-path', toml] : [])];
  });
  afterAll(async () => {
    await stand[Symbol.asyncDispose]();
    await containerd[Symbol.asyncDispose]();
  });
  const sandshim = ([verb = '', ...args]: readonly string[], options?: CommandOptions): Promise<Outcome> =>
    stand.sandshim([verb, ...scope, ...args], options);
  const start = async (...command: readonly string[]): Promise<string> => {
    const id = unique('c');
    const { exitCode, stderr } = await containerd.ctr(['run', '-d', ...ctrOptions, testImage, id, ...command]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return id;
  };

  test('ps and pids list what ctr lists', async () => {
    const id = await start('sleep', '1000');
    const rows = (await containerd.ctr(['task', 'ls'])).stdout.trim().split('\n').slice(1);
    const theirs = rows.map((row) => row.trim().toLowerCase().split(/\s+/));
    const ours = (await sandshim(['ps', '--format', '{{.id}} {{.pid}} {{.status}}'])).stdout.trim().split('\n');
    expect(ours.map((row) => row.split(' ')).toSorted()).toEqual(theirs.toSorted());
    const theirPids = (await containerd.ctr(['task', 'ps', id])).stdout.match(/^\d+/gm);
    expect((await sandshim(['pids', '-q', id])).stdout.trim().split('\n')).toEqual(theirPids);
  });

  test('exec runs a command with its streams and its status', async () => {
    const id = await start('sleep', '1000');
    expect(await sandshim(['exec', id, 'sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      status: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await sandshim(['exec', '-i', id, 'cat'], { input: 'through' })).toMatchObject({
      status: 0,
      stdout: 'through',
    });
    expect(await sandshim(['exec', '-e', 'A=b', '-w', '/tmp', id, 'sh', '-c', 'echo $A; pwd'])).toMatchObject({
      stdout: 'b\n/tmp\n',
    });
    expect(await sandshim(['exec', id, 'nothing-there'])).toMatchObject({ status: 127 });
    expect((await sandshim(['pids', '--json', id])).stdout).not.toContain('exec-');
  });

  test('exec -it is a terminal', async () => {
    const id = await start('sleep', '1000');
    // A sandbox learns the size a moment after the start.
    const script =
      'test -t 0 && test -t 1 && until s=$(stty size 2>&-) && [ "$s" ]; do sleep 0.1; done; echo "$s"; exit 6';
    await using session = await startOnTerminal([stand.program, 'exec', ...scope, '-it', id, 'sh', '-c', script], {
      size: { rows: 31, columns: 91 },
      env: stand.env,
    });
    expect(await session.exited()).toBe(6);
    expect(session.output.trim()).toBe('31 91');
  });

  test('stats measures what ctr measures', async () => {
    const id = await start('sh', '-c', 'while :; do :; done');
    const [row] = JSON.parse((await sandshim(['stats', '--no-stream', '--json', id])).stdout);
    expect(row.cpuPercent).toBeGreaterThan(5);
    const theirs = JSON.parse((await containerd.ctr(['task', 'metrics', '--format', 'json', id])).stdout);
    expect(row.usage.pids).toBe(theirs.pids.current);
    expect(row.usage.cpuNs).toBeLessThanOrEqual(Number(theirs.cpu.usage.total));
    await sandshim(['kill', id]);
  });

  test('kill, wait and rm end a task, and ctr sees it', async () => {
    const id = await start('sleep', '1000');
    const waiting = sandshim(['wait', id]);
    expect(await sandshim(['kill', '-s', 'KILL', id])).toMatchObject({ status: 0, stdout: `${id}\n` });
    expect(await waiting).toMatchObject({ status: 0, stdout: '137\n' });
    expect((await sandshim(['ps', '--format', '{{.id}} {{.status}} {{.exitStatus}}'])).stdout).toContain(
      `${id} stopped 137\n`,
    );
    expect((await containerd.ctr(['task', 'ls'])).stdout).toMatch(new RegExp(`^${id} .*STOPPED`, 'm'));
    expect(await sandshim(['rm', id])).toMatchObject({ status: 0 });
    await eventually(async () => !(await containerd.ctr(['task', 'ls'])).stdout.includes(id) || undefined, {
      what: 'containerd to notice',
    });
  });

  test('events tells what ctr events tells', async () => {
    await using ours = startSession(stand.program, ['events', ...scope, '--root', stand.root, '--json']);
    await using theirs = await watchEvents(containerd);
    const run = (name: string, status: number) =>
      containerd.ctr(['run', '--rm', ...ctrOptions, testImage, name, 'sh', '-c', `exit ${status}`]);
    // Ours says nothing once it listens: so make events until it prints one.
    await eventually(() => run(unique('probe'), 0).then(() => ours.output.includes('/tasks/delete') || undefined), {
      what: 'our events to listen',
    });
    const id = unique('c');
    await run(id, 3);
    const expected = (await theirs.settled(id)).map(({ topic }) => topic);
    const seen = (): { topic: string; id: string; details: Record<string, unknown> }[] =>
      ours.output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
        .filter((event) => event.id === id);
    await eventually(() => seen().at(-1)?.topic === '/tasks/delete' || undefined, { what: 'our events' });
    expect(seen().map(({ topic }) => topic)).toEqual(expected);
    expect(seen().find(({ topic }) => topic === '/tasks/exit')?.details).toMatchObject({ exitStatus: 3 });
  });

  test('ps, exec and kill go on without containerd', async () => {
    const id = await start('sleep', '1000');
    await containerd.stop('SIGKILL');
    try {
      expect((await sandshim(['ps', '--format', '{{.id}} {{.status}}'])).stdout).toContain(`${id} running\n`);
      expect(await sandshim(['exec', id, 'echo', 'still here'])).toMatchObject({ status: 0, stdout: 'still here\n' });
      expect(await sandshim(['kill', id])).toMatchObject({ status: 0 });
      expect((await sandshim(['wait', id])).stdout).toBe('137\n');
    } finally {
      await containerd.restart();
    }
  });

  test('a shim whose bundle has gone leaks, and is reaped', async () => {
    const id = await start('sleep', '1000');
    await containerd.stop('SIGKILL');
    const bundle = join(containerd.paths.bundles, containerd.namespace, id);
    await rename(bundle, `${bundle}.away`);
    const list = async (): Promise<{ pid: number; id: string; leak?: string }[]> =>
      JSON.parse((await sandshim(['shims', '--json'])).stdout).filter((shim: { id: string }) => shim.id === id);
    const [leaking] = await list();
    expect(leaking?.leak).toBe(`the bundle of ${id} is gone`);
    const pid = String(parsePid(leaking?.pid));
    expect(await sandshim(['shims', '--reap', pid])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(`^${pid} (left|killed)\n$`),
    });
    expect(await list()).toEqual([]);
    await rename(`${bundle}.away`, bundle);
    await containerd.restart();
  });
});
