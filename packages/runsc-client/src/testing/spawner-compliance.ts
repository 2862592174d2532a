import assert from 'node:assert/strict';
import { constants, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Fd, parseFd } from '../ids.ts';
import type { Spawner, SpawnRequest } from '../spawner.ts';
import type { ComplianceTest } from './compliance/index.ts';

type Shell = (script: string, more?: Partial<SpawnRequest>) => ReturnType<Spawner>;

interface Case {
  readonly name: string;
  readonly check: (sh: Shell, spawner: Spawner) => Promise<void>;
}

const cases: readonly Case[] = [
  {
    name: 'the pid is known at once, and the command leads a group and a session of its own',
    check: async (sh) => {
      const command = sh('ps -o pgid=,sid= -p $$');
      const { stdout } = await command.result;
      assert.deepEqual(stdout.trim().split(/\s+/).map(Number), [command.pid, command.pid]);
    },
  },
  {
    name: 'exited settles with the end of the process, result with the end of its output',
    check: async (sh) => {
      const command = sh('sleep 0.3 & echo done; exit 4');
      const order: string[] = [];
      const exited = command.exited.then(() => order.push('exited'));
      const { exitCode, stdout } = await command.result;
      order.push('result');
      await exited;
      assert.deepEqual(order, ['exited', 'result']);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 4, stdout: 'done\n' });
    },
  },
  {
    name: 'a command that a signal ended says which',
    check: async (sh) => {
      const { exitCode, signal } = await sh('kill -USR1 $$').result;
      assert.deepEqual({ exitCode, signal }, { exitCode: undefined, signal: 'SIGUSR1' });
    },
  },
  {
    name: 'input comes on stdin; without it stdin is empty',
    check: async (sh) => {
      assert.equal((await sh('cat', { input: 'hello' }).result).stdout, 'hello');
      assert.equal((await sh('cat').result).stdout, '');
      assert.equal((await sh('exit 0', { input: 'x'.repeat(1_000_000) }).result).exitCode, 0);
    },
  },
  {
    name: 'the first bytes of stdout are kept, and the last of stderr',
    check: async (sh) => {
      const script = 'printf a; seq 100000; echo; seq 100000 >&2; printf z >&2';
      const result = await sh(script, { maxCaptureBytes: 1_000 }).result;
      assert.match(result.stdout, /^a1\n2\n/);
      assert.deepEqual([result.stdout.length, result.stdoutTruncated, result.exitCode], [1_000, true, 0]);
      assert.match(result.stderr, /\n100000\nz$/);
      assert.equal(result.stderr.length, 1_000);
    },
  },
  {
    name: 'descriptors are handed over as they are, also those from 3 on',
    check: (sh) =>
      withFile(async (fd, path) => {
        const stdio = { stdin: null, stdout: fd, stderr: null };
        const result = await sh('echo one; echo two >&3; echo lost >&2', { stdio, extraFds: [fd] }).result;
        assert.deepEqual([result.exitCode, result.stdout, result.stderr], [0, '', '']);
        assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
      }),
  },
  {
    name: 'the command has these descriptors and no others',
    check: (sh) =>
      withFile(async (fd) => {
        const { stdout } = await sh('ls /proc/self/fd', { extraFds: [fd] }).result;
        // 4 is the folder that ls reads. What somebody left open for all the children of this process they have.
        const more = stdout
          .trim()
          .split('\n')
          .filter((each) => !['0', '1', '2', '3', '4'].includes(each));
        assert.deepEqual(more.filter(isClosedOnExec), []);
      }),
  },
  {
    name: 'a descriptor whose number is that of another one in the command gets there too',
    check: (sh) =>
      withFile(async (fd, path) => {
        const null3 = await open('/dev/null', 'r');
        try {
          // Enough of them that the file's own number is one of theirs.
          const extraFds = Array.from({ length: fd }, () => parseFd(null3.fd));
          const script = `echo here >/proc/self/fd/${fd + 3}; readlink /proc/$$/fd/${fd}`;
          const { stdout } = await sh(script, { extraFds: [...extraFds, fd] }).result;
          assert.equal(stdout, '/dev/null\n');
          assert.equal(await readFile(path, 'utf8'), 'here\n');
        } finally {
          await null3.close();
        }
      }),
  },
  {
    name: 'it may wait for its streams, though this process may not',
    check: (sh) =>
      withFile(async (fd, path) => {
        const fifo = `${path}.fifo`;
        await sh(`mkfifo ${fifo}`).result;
        await using both = await open(fifo, constants.O_RDWR | constants.O_NONBLOCK);
        const stdio = { stdin: parseFd(both.fd), stdout: fd, stderr: null };
        const command = sh('read line; echo "$line"', { stdio });
        await setTimeout(100);
        await both.write('late\n');
        assert.equal((await command.result).exitCode, 0);
        assert.equal(await readFile(path, 'utf8'), 'late\n');
      }),
  },
  {
    name: 'no signal is ignored or blocked in it',
    check: async (sh) => {
      const { stdout } = await sh('exec grep -E "^Sig(Blk|Ign):" /proc/self/status').result;
      for (const line of stdout.trim().split('\n')) assert.match(line, /^Sig\w+:\s0+$/);
    },
  },
  {
    name: 'the environment is the given one alone',
    check: async (_sh, spawner) => {
      const request = { file: '/usr/bin/env', args: [], env: { A: 'b', C: 'd=e' }, maxCaptureBytes: 1_000 };
      assert.equal((await spawner(request).result).stdout, 'A=b\nC=d=e\n');
    },
  },
  {
    name: "without one it is this process's own, and a name is looked for in its PATH",
    check: async (_sh, spawner) => {
      const { stdout } = await spawner({ file: 'sh', args: ['-c', 'echo "$PATH"'], maxCaptureBytes: 10_000 }).result;
      assert.equal(stdout, `${process.env['PATH']}\n`);
    },
  },
  {
    name: 'the working folder is the given one',
    check: async (sh) => {
      assert.equal((await sh('pwd', { cwd: '/usr' }).result).stdout, '/usr\n');
      assert.equal((await sh('pwd', { cwd: '/no/such/folder' }).result).spawnError?.code, 'ENOENT');
    },
  },
  {
    name: 'an abort kills the children of the command too',
    check: async (sh) => {
      const stop = new AbortController();
      let child = 0;
      const onStdout = (chunk: Uint8Array) => {
        child = Number(Buffer.from(chunk).toString());
        stop.abort();
      };
      const command = sh("trap '' TERM; sleep 1000 & echo $!; wait", { signal: stop.signal, onStdout });
      const { signal, aborted, timedOut } = await command.result;
      assert.deepEqual({ signal, aborted, timedOut }, { signal: 'SIGKILL', aborted: true, timedOut: false });
      assert.ok(child > 1);
      await eventually(async () => {
        const state = await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone');
        // A zombie waits for its parent, who ever that is now; it does not run.
        return /^gone$|\) [ZX] /.test(state);
      });
    },
  },
  {
    name: 'a command that takes too long is killed',
    check: async (sh) => {
      const { signal, timedOut } = await sh('sleep 1000', { timeoutMs: 20 }).result;
      assert.deepEqual({ signal, timedOut }, { signal: 'SIGKILL', timedOut: true });
    },
  },
  {
    name: 'an abort before the start starts nothing, one after the end changes nothing',
    check: async (sh) => {
      const before = sh('exit 3', { signal: AbortSignal.abort() });
      assert.equal(before.pid, undefined);
      assert.equal((await before.result).aborted, true);
      const stop = new AbortController();
      const { result } = sh('exit 3', { signal: stop.signal });
      const { exitCode, aborted } = await result;
      assert.deepEqual({ exitCode, aborted }, { exitCode: 3, aborted: false });
      stop.abort();
      assert.equal((await result).aborted, false);
    },
  },
  ...['/no/such/file', '/etc/passwd', 'no-such-command'].map((file) => ({
    name: `${file} cannot be started`,
    check: async (_sh: Shell, spawner: Spawner) => {
      const command = spawner({ file, args: [], maxCaptureBytes: 10 });
      assert.equal(command.pid, undefined);
      await command.exited;
      const { spawnError, exitCode } = await command.result;
      assert.match(spawnError?.code ?? '', /^(?:ENOENT|EACCES)$/);
      assert.equal(exitCode, undefined);
    },
  })),
  {
    name: 'arguments that the system cannot take are an error of the start',
    check: async (sh) => {
      assert.equal((await sh(`: ${'x'.repeat(5_000_000)}`).result).spawnError?.code, 'E2BIG');
      assert.match((await sh('\0').result).spawnError?.code ?? '', /EINVAL|ERR_INVALID_ARG_VALUE/);
    },
  },
  {
    name: '300 commands leave no descriptor, child, listener or timer',
    check: async (sh) => {
      const stop = new AbortController();
      const run = () => sh('echo a; echo b >&2', { signal: stop.signal, timeoutMs: 60_000 }).result;
      await run();
      // As within the wait below, whose own timer counts too.
      const before = await setTimeout(10).then(held);
      for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 10 }, run));
      // A handle closes in the turn after its owner has let it go.
      await eventually(async () => {
        const now = held();
        return now.descriptors <= before.descriptors && now.resources <= before.resources && now.children === '';
      });
    },
  },
];

/** What a {@link Spawner} must do, as tests for any test runner. They run `sh`, `ls` and the like on this machine. */
export function spawnerCompliance(makeSpawner: () => Promise<Spawner>): readonly ComplianceTest[] {
  return cases.map(({ name, check }) => ({
    name,
    run: async () => {
      const spawner = await makeSpawner();
      await check(
        (script, more) => spawner({ file: '/bin/sh', args: ['-c', script], maxCaptureBytes: 100_000, ...more }),
        spawner,
      );
    },
  }));
}

async function withFile(use: (fd: Fd, path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spawn-test-'));
  const path = join(folder, 'file');
  try {
    await using file = await open(path, 'w+');
    await use(parseFd(file.fd), path);
    assert.ok((await file.stat()).isFile(), 'the descriptor is still open');
  } finally {
    await rm(folder, { recursive: true });
  }
}

function isClosedOnExec(descriptor: string): boolean {
  const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 0o2_000_000) !== 0;
}

function held() {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    children: readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8'),
  };
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, 'it does not come to that');
    await setTimeout(10);
  }
}
