import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { killShim } from './support/kill-shim.ts';
import { createStand, runtimes, type Stand } from './support/stand.ts';

describe.each(runtimes)('without a daemon, $runtime', ({ runtime, flags }) => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await createStand();
  });
  afterAll(() => stand[Symbol.asyncDispose]());
  const run = (...args: string[]) => stand.sandshim(['run', '--rm', ...flags, '--rootfs', stand.rootfs, ...args]);

  test('prints what the container prints, and ends as it ends', async () => {
    expect(await run('--', 'sh', '-c', 'echo hi; echo oops >&2; exit 3')).toEqual({
      status: 3,
      stdout: 'hi\n',
      stderr: 'oops\n',
    });
  });

  test('tells a command that is not there from one that cannot run', async () => {
    expect(await run('--', 'no-such-command')).toEqual({
      status: 127,
      stdout: '',
      stderr:
        'sandshim: no-such-command: no such command in the container\n  → name it by its full path inside the container\n',
    });
    expect(await run('--', '/etc/passwd')).toMatchObject({
      status: 126,
      stderr: expect.stringContaining('cannot be executed'),
    });
  });

  test('says that a rootfs is none, and leaves nothing of the attempt', async () => {
    const { status, stderr } = await stand.sandshim(['run', ...flags, '--rootfs', '/nowhere', '--', 'true']);
    expect(status).toBe(125);
    expect(stderr).toBe(
      'sandshim: /nowhere is not a folder\n  → it has to hold the files of the container, such as bin/sh\n',
    );
    expect(await stand.ok(['ps', '-q'])).toBe('');
  });

  test('passes 1 MiB through, byte for byte', async () => {
    const bytes = randomBytes(2 ** 20);
    const sum = createHash('sha256').update(bytes).digest('hex');
    const args = ['run', '--rm', '-i', ...flags, '--rootfs', stand.rootfs, '--', 'sh', '-c', 'cat | sha256sum'];
    expect(await stand.ok(args, { input: bytes })).toBe(`${sum}  -\n`);
  });

  test('gives the container its user, folder, environment, mounts and limits', async () => {
    const shared = join(stand.rootfs, '..', 'shared');
    await writeFile(shared, 'from outside\n');
    const { stdout, status } = await run(
      ...[
        '-u',
        'www:staff',
        '-w',
        '/tmp',
        '-e',
        'A=1',
        '-e',
        'FROM_US',
        '-v',
        `${shared}:/mnt/shared:ro`,
        '--read-only',
      ],
      ...['--name', `named-${runtime}`, '--', 'sh', '-c'],
      'id -u; id -g; pwd; echo $A$FROM_US; cat /mnt/shared; hostname; touch /x 2>/dev/null || echo unchangeable',
    );
    expect({ stdout, status }).toEqual({
      status: 0,
      stdout: `33\n50\n/tmp\n1\nfrom outside\nnamed-${runtime}\nunchangeable\n`,
    });
  });

  test('ends a container whose time is up with 124', async () => {
    const { status, stderr } = await run('--timeout', '500ms', '--name', `late-${runtime}`, '--', 'sleep', '1000');
    expect({ status, stderr }).toEqual({
      status: 124,
      stderr: `sandshim: late-${runtime} was ended: its time was up\n`,
    });
  });

  test('runs an OCI bundle, whose own folder it leaves as it is', async () => {
    const bundle = join(stand.rootfs, '..');
    const spec = {
      ociVersion: '1.0.2',
      process: { args: ['echo', 'from the bundle'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
      root: { path: 'fs' },
      mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
      linux: { namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })) },
    };
    await writeFile(join(bundle, 'config.json'), JSON.stringify(spec));
    const before = await readdir(bundle);
    expect(await stand.ok(['run', '--rm', ...flags, '--bundle', bundle])).toBe('from the bundle\n');
    expect(await stand.ok(['run', '--rm', ...flags, '--bundle', bundle, '--', 'echo', 'another'])).toBe('another\n');
    expect(await readdir(bundle)).toEqual(before);
    expect(JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8'))).toEqual(spec);
  });

  test('lives through many commands when it is detached', async () => {
    const id = `life-${runtime}`;
    const script = 'trap "echo bye; exit 5" TERM; echo out; echo err >&2; while :; do sleep 0.1; done';
    expect(
      await stand.ok(['run', '-d', '--name', id, ...flags, '--rootfs', stand.rootfs, '--', 'sh', '-c', script]),
    ).toBe(`${id}\n`);
    expect(await stand.ok(['ps', '--format', '{{.id}} {{.status}} {{.runtime}} {{.origin}}'])).toBe(
      `${id} running ${runtime} sandshim\n`,
    );
    expect(await stand.sandshim(['exec', id, 'sh', '-c', 'echo in; exit 6'])).toMatchObject({
      status: 6,
      stdout: 'in\n',
    });
    const pids = JSON.parse(await stand.ok(['pids', '--json', id]));
    expect(pids.length).toBeGreaterThanOrEqual(1);
    const [stats] = JSON.parse(await stand.ok(['stats', '--no-stream', '--json', id]));
    expect(stats).toMatchObject({ id, usage: { pids: expect.any(Number), memory: expect.any(Number) } });
    expect(stats.usage.memory).toBeGreaterThan(0);
    await stand.ok(['pause', id]);
    expect(await stand.ok(['ps', '--format', '{{.status}}'])).toBe('paused\n');
    await stand.ok(['resume', id]);
    const following = stand.sandshim(['logs', '-f', id]);
    await stand.ok(['stop', id]);
    expect(await following).toEqual({ status: 0, stdout: 'out\nbye\n', stderr: 'err\n' });
    expect(await stand.ok(['wait', id])).toBe('5\n');
    expect(await stand.ok(['ps', '--format', '{{.status}} {{.exitStatus}}'])).toBe('stopped 5\n');
    await stand.ok(['start', id]);
    expect(await stand.ok(['ps', '--format', '{{.status}}'])).toBe('running\n');
    expect(await stand.sandshim(['rm', id])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`→ end it too: sandshim rm -f ${id}`),
    });
    await stand.ok(['rm', '-f', id]);
    expect(await stand.ok(['ps', '-q'])).toBe('');
  });

  test('ends with 128 and the number of the signal that ended it', async () => {
    const running = run('--name', `killed-${runtime}`, '--', 'sleep', '1000');
    const state = () => stand.ok(['ps', '--format', '{{.status}}']);
    await eventually(async () => (await state()) === 'running\n' || undefined, { what: 'the container to run' });
    await stand.ok(['kill', `killed-${runtime}`]);
    expect(await running).toMatchObject({ status: 137 });
  });

  test('is started by hand once it was created', async () => {
    const id = `made-${runtime}`;
    await stand.ok(['create', '--name', id, ...flags, '--rootfs', stand.rootfs, '--', 'echo', 'started']);
    expect(await stand.ok(['ps', '--format', '{{.status}}'])).toBe('created\n');
    await stand.ok(['start', id]);
    expect(await stand.ok(['wait', id])).toBe('0\n');
    expect(await stand.ok(['logs', '-f', id])).toBe('started\n');
    await stand.ok(['rm', id]);
  });

  test('refuses a name that is taken', async () => {
    const args = ['run', '-d', '--name', 'twice', ...flags, '--rootfs', stand.rootfs, '--', 'sleep', '1000'];
    await stand.ok(args);
    expect(await stand.sandshim(args)).toMatchObject({
      status: 125,
      stderr:
        'sandshim: a container called twice is there already\n  → choose another --name, or remove it: sandshim rm -f twice\n',
    });
    await stand.ok(['rm', '-f', 'twice']);
  });

  test('is removed by itself when it was detached with --rm', async () => {
    await stand.ok(['run', '-d', '--rm', '--name', 'brief', ...flags, '--rootfs', stand.rootfs, '--', 'sleep', '0.2']);
    await eventually(async () => ((await stand.ok(['ps', '-q'])) === '' ? true : undefined), {
      what: 'the container to go',
    });
  });

  test('remembers how a container ended that nobody removed', async () => {
    expect(
      await stand.sandshim([
        'run',
        '--name',
        'kept',
        ...flags,
        '--rootfs',
        stand.rootfs,
        '--',
        'sh',
        '-c',
        'echo said; exit 9',
      ]),
    ).toMatchObject({ status: 9 });
    expect(await stand.ok(['ps', '--format', '{{.id}} {{.status}} {{.exitStatus}}'])).toBe('kept exited 9\n');
    expect(await stand.ok(['wait', 'kept'])).toBe('9\n');
    expect(await stand.ok(['logs', 'kept'])).toBe('said\n');
    await stand.ok(['rm', 'kept']);
  });

  test('says what happened when its shim was killed, and is cleaned up', async () => {
    await stand.ok(['run', '-d', '--name', 'orphan', ...flags, '--rootfs', stand.rootfs, '--', 'sleep', '1000']);
    await killShim(stand, 'orphan');
    expect(await stand.ok(['ps', '--format', '{{.status}}: {{.note}}'])).toMatch(
      /^dead: its shim is gone, process \d+ runs on\n$/,
    );
    expect(await stand.sandshim(['exec', 'orphan', 'true'])).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(
        /^sandshim: the shim of orphan is gone: .*\n {2}→ clean up what it left: sandshim rm -f -n default orphan\n$/,
      ),
    });
    await stand.ok(['rm', '-f', 'orphan']);
    expect(await stand.ok(['ps', '-q'])).toBe('');
  });

  test('ends quietly, and its container too, when nobody reads its output', async () => {
    const command = `"$0" run --rm ${flags.join(' ')} --rootfs ${stand.rootfs} -- yes | head -1; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = await execa('bash', ['-c', command, stand.program], { env: stand.env });
    expect({ stdout, stderr }).toEqual({ stdout: 'y\n141', stderr: '' });
    expect(await stand.ok(['ps', '-q'])).toBe('');
  });

  test('passes signals on', async () => {
    const script = 'trap "echo got it; exit 4" TERM; echo ready; while :; do sleep 0.1; done';
    const child = execa(stand.program, ['run', '--rm', ...flags, '--rootfs', stand.rootfs, '--', 'sh', '-c', script], {
      env: stand.env,
      reject: false,
    });
    for await (const line of child) {
      if (line === 'ready') child.kill('SIGTERM');
    }
    expect(await child).toMatchObject({ exitCode: 4, stdout: 'ready\ngot it' });
  });

  test('copies files in and out', async () => {
    const folder = join(stand.rootfs, '..');
    const bytes = randomBytes(3_000_000);
    await writeFile(join(folder, 'in.bin'), bytes);
    await stand.ok(['run', '-d', '--name', 'copies', ...flags, '--rootfs', stand.rootfs, '--', 'sleep', '1000']);
    await stand.ok(['cp', join(folder, 'in.bin'), 'copies:/tmp']);
    await stand.ok(['cp', 'copies:/tmp/in.bin', join(folder, 'out.bin')]);
    expect((await readFile(join(folder, 'out.bin'))).equals(bytes)).toBe(true);
    expect(await stand.sandshim(['cp', 'copies:/nope', folder])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^sandshim: tar: .*nope/),
    });
    expect(await stand.sandshim(['cp', '/nope', 'copies:/tmp'])).toMatchObject({
      status: 1,
      stderr: 'sandshim: /nope does not exist\n',
    });
    await stand.ok(['rm', '-f', 'copies']);
  });

  test('keeps its events: create, start, exit, delete, once each', async () => {
    await run('--name', `told-${runtime}`, '--', 'sh', '-c', 'exit 2');
    const lines = (
      await stand.ok(['events', '--no-follow', '--since', '1h', '--filter', `id=told-${runtime}`, '--json'])
    )
      .trim()
      .split('\n');
    const events = lines.map((line) => JSON.parse(line));
    expect(events.map(({ topic }) => topic)).toEqual(['/tasks/create', '/tasks/start', '/tasks/exit', '/tasks/delete']);
    expect(events[2]).toMatchObject({ id: `told-${runtime}`, namespace: 'default', details: { exitStatus: 2 } });
  });
});
