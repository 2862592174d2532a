import { describe, expect, test } from 'vitest';
import { parseContainerId, parseFd } from './ids.ts';
import { Runc, type RuncOptions } from './runc.ts';
import { Runsc, type RunscOptions } from './runsc.ts';
import type { SpawnRequest } from './spawner.ts';
import { recordCommands } from './testing/record-commands.ts';

const id = parseContainerId('c1');
const process = { args: ['true'], cwd: '/' };
const fd = parseFd(7);

const helpOfAll = 'update\nfeatures\nfscheckpoint\nport-forward\ntar\n';
const helpFlags = [
  'fs-restore-image-path fs-restore-direct pass-fd exec-fd checkpoint restore fscheckpoint fsrestore direct compression',
  'exclude-committed-zero-pages save-restore-exec-argv save-restore-exec-timeout cuda-checkpoint-path',
  'cuda-checkpoint-sequential background mount pidfd-socket keep',
].flatMap((line) => line.split(' ').map((flag) => `  -${flag}\n`));

function answerTo({ args }: SpawnRequest) {
  if (args.includes('help') || args.includes('--help')) return { stdout: `${helpOfAll}${helpFlags.join('')}` };
  if (args.includes('--version')) return { stdout: 'runsc version 1\n' };
  if (args.includes('wait')) return { stdout: '{"id":"c1","exitStatus":0}' };
  if (args.includes('usage')) return { stdout: '{"Total":0}' };
  if (args.includes('features')) return { stdout: '{}' };
  if (args.includes('events')) return { stdout: '{"type":"stats","id":"c1","data":{}}' };
  const state = '{"ociVersion":"1","id":"c1","status":"running","pid":1,"bundle":"/b"}';
  if (args.includes('state')) return { stdout: state };
  if (args.includes('list')) return { stdout: 'null' };
  if (args.includes('ps')) return { stdout: '[]' };
  return {};
}

/** The last command's vector without the executable; paths of files made for one call become FILE and LOG. */
async function vectorOf<Client>(
  make: (spawner: ReturnType<typeof recordCommands>['spawner']) => Client,
  call: (client: Client) => Promise<unknown>,
): Promise<string> {
  const { spawner, requests } = recordCommands(answerTo);
  await call(make(spawner));
  const words = requests.at(-1)?.args ?? [];
  const named = words.map((word) =>
    word.replace(/\/\S*\/(?:process|log)\.json/, (path) => path.split('/').at(-1) ?? ''),
  );
  return named.join(' ');
}

const runscVector = (call: (client: Runsc) => Promise<unknown>, options: RunscOptions = { log: '/l' }) =>
  vectorOf((spawner) => new Runsc({ root: '/no-such-root', ...options, spawner }), call).then((vector) =>
    vector.replace(/^--root=\/no-such-root (?:--log=\S+ )?/, ''),
  );
const runcVector = (call: (client: Runc) => Promise<unknown>, options: RuncOptions = { log: '/l' }) =>
  vectorOf((spawner) => new Runc({ ...options, spawner }), call).then((vector) =>
    vector.replace(/^--log \S+ --log-format json /, ''),
  );

const drain = async (events: AsyncIterable<unknown>) => {
  for await (const event of events) void event;
};

const runscCases: readonly (readonly [(client: Runsc) => Promise<unknown>, string])[] = [
  [(c) => c.list(), 'list --format=json'],
  [(c) => c.state(id), 'state c1'],
  [(c) => c.create(id, { bundle: '/b' }), 'create --bundle /b c1'],
  [(c) => c.create(id, { bundle: '/b', pidFile: '/p' }), 'create --bundle /b --pid-file /p c1'],
  [(c) => c.create(id, { bundle: '/b', consoleSocket: '/s' }), 'create --bundle /b --console-socket /s c1'],
  [(c) => c.create(id, { bundle: '/b', userLog: '/u' }), 'create --bundle /b --user-log /u c1'],
  [(c) => c.create(id, { bundle: '/b', extraArgs: ['--x'] }), 'create --bundle /b --x c1'],
  [(c) => c.create(id, { bundle: '/b', fsRestoreImagePath: '/i' }), 'create --fs-restore-image-path /i --bundle /b c1'],
  [(c) => c.create(id, { bundle: '/b', fsRestoreDirect: true }), 'create --fs-restore-direct --bundle /b c1'],
  [(c) => c.start(id), 'start c1'],
  [(c) => c.run(id, { bundle: '/b' }), 'run --bundle /b c1'],
  [(c) => c.run(id, { bundle: '/b', detach: true }), 'run --detach --bundle /b c1'],
  [(c) => c.run(id, { bundle: '/b', passFds: [{ fd, target: 9 }] }), 'run --pass-fd 3:9 --bundle /b c1'],
  [(c) => c.run(id, { bundle: '/b', execFd: fd }), 'run --exec-fd 3 --bundle /b c1'],
  [(c) => c.exec(id, { process }), 'exec --process process.json c1'],
  [(c) => c.exec(id, { process, detach: true }), 'exec --process process.json --detach c1'],
  [(c) => c.exec(id, { process, pidFile: '/p' }), 'exec --process process.json --pid-file /p c1'],
  [(c) => c.exec(id, { process, internalPidFile: '/i' }), 'exec --process process.json --internal-pid-file /i c1'],
  [(c) => c.exec(id, { process, consoleSocket: '/s' }), 'exec --process process.json --console-socket /s c1'],
  [(c) => c.exec(id, { process, extraArgs: ['--x'] }), 'exec --process process.json --x c1'],
  [(c) => c.exec(id, { process, passFds: [{ fd, target: 4 }] }), 'exec --pass-fd 3:4 --process process.json c1'],
  [(c) => c.exec(id, { process, execFd: fd }), 'exec --exec-fd 3 --process process.json c1'],
  [(c) => c.delete(id), 'delete c1'],
  [(c) => c.delete(id, { force: true }), 'delete --force c1'],
  [(c) => c.kill(id, 15), 'kill c1 15'],
  [(c) => c.kill(id, 9, { all: true }), 'kill --all c1 9'],
  [(c) => c.kill(id, 9, { pid: 5 }), 'kill --pid 5 c1 9'],
  [(c) => c.pause(id), 'pause c1'],
  [(c) => c.resume(id), 'resume c1'],
  [(c) => c.ps(id), 'ps --format json c1'],
  [(c) => c.top(id), 'ps --format table c1'],
  [(c) => c.stats(id), 'events --stats c1'],
  [(c) => drain(c.events(id)), 'events c1'],
  [(c) => drain(c.events(id, { intervalMs: 2_000 })), 'events --interval=2 c1'],
  [(c) => c.update(id, {}), 'update --resources=- c1'],
  [(c) => c.wait(id), 'wait c1'],
  [(c) => c.wait(id, { pid: 3 }), 'wait --pid 3 c1'],
  [(c) => c.wait(id, { rootPid: 4 }), 'wait --rootpid 4 c1'],
  [(c) => c.waitFor(id, 'checkpoint'), 'wait --checkpoint c1'],
  [(c) => c.waitFor(id, 'restore'), 'wait --restore c1'],
  [(c) => c.waitFor(id, 'fscheckpoint'), 'wait --fscheckpoint c1'],
  [(c) => c.waitFor(id, 'fsrestore'), 'wait --fsrestore c1'],
  [(c) => c.checkpoint(id, { imagePath: '/i' }), 'checkpoint --image-path=/i c1'],
  [(c) => c.checkpoint(id, { imagePath: '/i', leaveRunning: true }), 'checkpoint --image-path=/i --leave-running c1'],
  [(c) => c.checkpoint(id, { imagePath: '/i', direct: true }), 'checkpoint --image-path=/i --direct c1'],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', compression: 'none' }),
    'checkpoint --image-path=/i --compression=none c1',
  ],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', excludeCommittedZeroPages: true }),
    'checkpoint --image-path=/i --exclude-committed-zero-pages c1',
  ],
  [(c) => c.checkpoint(id, { imagePath: '/i', workPath: '/w' }), 'checkpoint --image-path=/i --work-path=/w c1'],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', saveRestoreExecArgv: '/bin/x y', saveRestoreExecTimeoutMs: 1_500 }),
    'checkpoint --save-restore-exec-argv=/bin/x y --save-restore-exec-timeout=1500ms --image-path=/i c1',
  ],
  [
    (c) => c.checkpoint(id, { imagePath: '/i', cudaCheckpointPath: '/c', cudaCheckpointSequential: true }),
    'checkpoint --cuda-checkpoint-path=/c --cuda-checkpoint-sequential --image-path=/i c1',
  ],
  [(c) => c.restore(id, { bundle: '/b', imagePath: '/i' }), 'restore --image-path=/i --bundle /b c1'],
  [
    (c) => c.restore(id, { bundle: '/b', imagePath: '/i', detach: true }),
    'restore --image-path=/i --detach --bundle /b c1',
  ],
  [
    (c) => c.restore(id, { bundle: '/b', imagePath: '/i', direct: true }),
    'restore --image-path=/i --direct --bundle /b c1',
  ],
  [
    (c) => c.restore(id, { bundle: '/b', imagePath: '/i', background: true }),
    'restore --image-path=/i --background --bundle /b c1',
  ],
  [(c) => c.fsCheckpoint(id, { imagePath: '/i' }), 'fscheckpoint --image-path=/i c1'],
  [
    (c) => c.fsCheckpoint(id, { imagePath: '/i', leaveRunning: true, direct: true, path: '/d' }),
    'fscheckpoint --image-path=/i --leave-running --direct --path=/d c1',
  ],
  [(c) => c.tarRootfsUpper(id, '/t'), 'tar rootfs-upper --file /t c1'],
  [(c) => c.usage(id), 'usage c1'],
  [(c) => c.usage(id, { full: true }), 'usage --full c1'],
  [(c) => c.debug(id, { stacks: true }), 'debug --stacks c1'],
  [(c) => c.debug(id, { ps: true }), 'debug --ps c1'],
  [(c) => c.debug(id, { profileCpu: '/f', durationMs: 500 }), 'debug --profile-cpu /f --duration 500ms c1'],
  [(c) => c.debug(id, { profileHeap: '/f', delayMs: 10 }), 'debug --profile-heap /f --delay 10ms c1'],
  [(c) => c.debug(id, { profileBlock: '/f' }), 'debug --profile-block /f c1'],
  [(c) => c.debug(id, { profileMutex: '/f' }), 'debug --profile-mutex /f c1'],
  [(c) => c.debug(id, { trace: '/f' }), 'debug --trace /f c1'],
  [(c) => c.debug(id, { sandboxSignal: 12 }), 'debug --signal 12 c1'],
  [(c) => c.debug(id, { strace: 'all' }), 'debug --strace all c1'],
  [(c) => c.debug(id, { strace: ['open', 'read'] }), 'debug --strace open,read c1'],
  [(c) => c.debug(id, { logLevel: 'debug' }), 'debug --log-level debug c1'],
  [(c) => c.debug(id, { logPackets: false }), 'debug --log-packets=false c1'],
  [(c) => c.debug(id, { mount: 'tmpfs:none:/t' }), 'debug --mount tmpfs:none:/t c1'],
  [(c) => c.portForward(id, { remotePort: 80, localPort: 8080 }), 'port-forward c1 8080:80'],
  [(c) => c.portForward(id, { remotePort: 80, stream: '/s' }), 'port-forward --stream /s c1 80'],
  [(c) => c.spec({ bundle: '/b' }), 'spec --bundle /b'],
  [
    (c) => c.spec({ bundle: '/b', cwd: '/w', netns: '/n', args: ['sh', '-c'] }),
    'spec --bundle /b --cwd /w --netns /n -- sh -c',
  ],
  [(c) => c.features(), 'features'],
  [(c) => c.version(), '--version'],
  [(c) => c.invoke('trace', ['list']), 'trace list'],
];

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

describe('runsc is called as its own client calls it', () => {
  test.each(runscCases.map(([call, vector]) => [vector, call] as const))('%s', async (vector, call) => {
    expect(await runscVector(call)).toBe(vector);
  });

  test('the global options come first, each with its value after an equals sign', async () => {
    const options: RunscOptions = {
      root: '/r',
      log: '/l',
      logFormat: 'json',
      panicLog: '/p',
      debug: true,
      debugLog: '/d/',
      flags: { platform: 'systrap', network: 'none', 'net-raw': true, 'some-new-flag': 3 },
      extraGlobals: ['--more'],
    };
    const vector = await vectorOf(
      (spawner) => new Runsc({ ...options, spawner }),
      (client) => client.state(id),
    );
    expect(vector).toBe(
      '--root=/r --log=/l --log-format=json --panic-log=/p --debug --debug-log=/d/ --platform=systrap --network=none ' +
        '--net-raw=true --some-new-flag=3 --more state c1',
    );
  });
});

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

describe('a call hands over more than its arguments', () => {
  test('the descriptors after stderr come in the order of the arguments', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    const runsc = new Runsc({ spawner, root: '/no-such-root' });
    await runsc.exec(id, { process, passFds: [{ fd: parseFd(11), target: 5 }], execFd: parseFd(12) });
    expect(requests.at(-1)?.extraFds).toEqual([11, 12]);
  });

  test('the resources of an update are JSON on stdin', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner }).update(id, { pids: { limit: 5 } });
    expect(requests.at(-1)?.input).toBe('{"pids":{"limit":5}}');
  });

  test('a command that is to die with its parent is executed by setpriv', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner, killWithParent: true, command: '/x/runc' }).start(id);
    const { file, args } = requests.at(-1) ?? { file: '', args: [] };
    expect([file, ...args]).toEqual(['setpriv', '--pdeathsig', 'KILL', '--', '/x/runc', 'start', 'c1']);
  });

  test('the environment lacks NOTIFY_SOCKET, and is the given one alone if one is given', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner }).start(id);
    await new Runc({ spawner, env: { A: 'b' } }).start(id);
    expect(requests[0]?.env).not.toHaveProperty('NOTIFY_SOCKET');
    expect(requests[0]?.env).toHaveProperty('PATH');
    expect(requests[1]?.env).toEqual({ A: 'b' });
  });

  test('runc refuses to signal one process, and to wait', async () => {
    const runc = new Runc({ spawner: recordCommands().spawner });
    await expect(runc.kill(id, 9, { pid: 4 })).rejects.toMatchObject({ code: 'unimplemented' });
    await expect(runc.wait(id)).rejects.toMatchObject({ code: 'unimplemented' });
  });
});
