import { describe, expect, test } from 'vitest';
import { parseContainerId, parseFd } from './ids.ts';
import { Runc, type RuncOptions } from './runc.ts';
import { drain, vectorOf } from './testing/vector-of.ts';

const id = parseContainerId('c1');
const process = { args: ['true'], cwd: '/' };
const fd = parseFd(7);

const runcVector = (call: (client: Runc) => Promise<unknown>, options: RuncOptions = { log: '/l' }) =>
  vectorOf((spawner) => new Runc({ ...options, spawner }), call).then((vector) =>
    vector.replace(/^--log \S+ --log-format json /, ''),
  );

const criu = {
  imagePath: '/i',
  tcpEstablished: true,
  externalUnixSockets: true,
  shellJob: true,
  fileLocks: true,
} as const;

const runcCases: readonly (readonly [(client: Runc) => Promise<unknown>, string])[] = [
  [(c) => c.list(), 'list --format=json'],
  [(c) => c.state(id), 'state c1'],
  [(c) => c.create(id, { bundle: '/b' }), 'create --bundle /b c1'],
  [(c) => c.create(id, { bundle: '/b', pidFile: '/p' }), 'create --bundle /b --pid-file /p c1'],
  [(c) => c.create(id, { bundle: '/b', consoleSocket: '/s' }), 'create --bundle /b --console-socket /s c1'],
  [(c) => c.create(id, { bundle: '/b', pidfdSocket: '/s' }), 'create --bundle /b --pidfd-socket /s c1'],
  [(c) => c.create(id, { bundle: '/b', noPivot: true }), 'create --bundle /b --no-pivot c1'],
  [(c) => c.create(id, { bundle: '/b', noNewKeyring: true }), 'create --bundle /b --no-new-keyring c1'],
  [(c) => c.create(id, { bundle: '/b', preserveFds: [fd, fd] }), 'create --bundle /b --preserve-fds 2 c1'],
  [(c) => c.create(id, { bundle: '/b', extraArgs: ['--x'] }), 'create --bundle /b --x c1'],
  [(c) => c.start(id), 'start c1'],
  [(c) => c.run(id, { bundle: '/b' }), 'run --bundle /b c1'],
  [(c) => c.run(id, { bundle: '/b', detach: true }), 'run --detach --bundle /b c1'],
  [(c) => c.run(id, { bundle: '/b', keep: true, noSubreaper: true }), 'run --keep --no-subreaper --bundle /b c1'],
  [(c) => c.exec(id, { process }), 'exec --process process.json c1'],
  [(c) => c.exec(id, { process, detach: true }), 'exec --process process.json --detach c1'],
  [(c) => c.exec(id, { process, pidFile: '/p' }), 'exec --process process.json --pid-file /p c1'],
  [(c) => c.exec(id, { process, consoleSocket: '/s' }), 'exec --process process.json --console-socket /s c1'],
  [(c) => c.exec(id, { process, pidfdSocket: '/s' }), 'exec --pidfd-socket /s --process process.json c1'],
  [(c) => c.exec(id, { process, preserveFds: [fd] }), 'exec --process process.json --preserve-fds 1 c1'],
  [(c) => c.exec(id, { process, extraArgs: ['--x'] }), 'exec --process process.json --x c1'],
  [(c) => c.delete(id), 'delete c1'],
  [(c) => c.delete(id, { force: true }), 'delete --force c1'],
  [(c) => c.kill(id, 15), 'kill c1 15'],
  [(c) => c.kill(id, 9, { all: true }), 'kill --all c1 9'],
  [(c) => c.pause(id), 'pause c1'],
  [(c) => c.resume(id), 'resume c1'],
  [(c) => c.ps(id), 'ps --format json c1'],
  [(c) => c.top(id), 'ps --format table c1'],
  [(c) => c.top(id, { psArgs: ['-eo', 'pid'] }), 'ps --format table c1 -eo pid'],
  [(c) => c.stats(id), 'events --stats c1'],
  [(c) => drain(c.events(id)), 'events c1'],
  [(c) => drain(c.events(id, { intervalMs: 2_000 })), 'events --interval=2s c1'],
  [(c) => drain(c.events(id, { intervalMs: 250 })), 'events --interval=250ms c1'],
  [(c) => c.update(id, {}), 'update --resources=- c1'],
  [(c) => c.checkpoint(id, { imagePath: '/i' }), 'checkpoint --image-path /i c1'],
  [
    (c) => c.checkpoint(id, criu),
    'checkpoint --image-path /i --tcp-established --ext-unix-sk --shell-job --file-locks c1',
  ],
  [(c) => c.checkpoint(id, { imagePath: '/i', workPath: '/w' }), 'checkpoint --image-path /i --work-path /w c1'],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', parentPath: '../p' }),
    'checkpoint --image-path /i --parent-path ../p c1',
  ],
  [(c) => c.checkpoint(id, { imagePath: '/i', pageServer: 'h:1' }), 'checkpoint --image-path /i --page-server h:1 c1'],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', cgroupsMode: 'soft' }),
    'checkpoint --image-path /i --manage-cgroups-mode soft c1',
  ],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', emptyNamespaces: ['network', 'ipc'] }),
    'checkpoint --image-path /i --empty-ns network --empty-ns ipc c1',
  ],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', lazyPages: true, statusFd: fd }),
    'checkpoint --image-path /i --lazy-pages --status-fd 3 c1',
  ],
  [(c) => c.checkpoint(id, { imagePath: '/i', leaveRunning: true }), 'checkpoint --image-path /i --leave-running c1'],
  [(c) => c.checkpoint(id, { imagePath: '/i', preDump: true }), 'checkpoint --image-path /i --pre-dump c1'],
  [(c) => c.restore(id, { bundle: '/b', imagePath: '/i' }), 'restore --image-path /i --bundle /b c1'],
  [
    (c) => c.restore(id, { bundle: '/b', imagePath: '/i', detach: true, pidFile: '/p', consoleSocket: '/s' }),
    'restore --image-path /i --detach --pid-file /p --console-socket /s --bundle /b c1',
  ],
  [
    (c) => c.restore(id, { bundle: '/b', imagePath: '/i', noPivot: true, noSubreaper: true }),
    'restore --image-path /i --no-pivot --no-subreaper --bundle /b c1',
  ],
  [(c) => c.spec({ bundle: '/b', rootless: true }), 'spec --bundle /b --rootless'],
  [(c) => c.features(), 'features'],
  [(c) => c.version(), '--version'],
];

describe('runc is called as go-runc calls it', () => {
  test.each(runcCases.map(([call, vector]) => [vector, call] as const))('%s', async (vector, call) => {
    expect(await runcVector(call)).toBe(vector);
  });

  test('the global options come first, in the order of go-runc', async () => {
    const options: RuncOptions = {
      root: '/r',
      debug: true,
      log: '/l',
      logFormat: 'text',
      criu: '/c',
      systemdCgroup: true,
      rootless: false,
      extraGlobals: ['--more'],
    };
    const vector = await vectorOf(
      (spawner) => new Runc({ ...options, spawner }),
      (client) => client.state(id),
    );
    expect(vector).toBe(
      '--root /r --debug --log /l --log-format text --criu /c --systemd-cgroup --rootless=false --more state c1',
    );
  });
});
