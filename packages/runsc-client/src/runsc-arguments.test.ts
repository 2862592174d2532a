import { describe, expect, test } from 'vitest';
import { parseContainerId, parseFd } from './ids.ts';
import { Runsc, type RunscOptions } from './runsc.ts';
import { drain, vectorOf } from './testing/vector-of.ts';

const id = parseContainerId('c1');
const process = { args: ['true'], cwd: '/' };
const fd = parseFd(7);

const runscVector = (call: (client: Runsc) => Promise<unknown>, options: RunscOptions = { log: '/l' }) =>
  vectorOf((spawner) => new Runsc({ root: '/no-such-root', ...options, spawner }), call).then((vector) =>
    vector.replace(/^--root=\/no-such-root (?:--log=\S+ )?/, ''),
  );
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
