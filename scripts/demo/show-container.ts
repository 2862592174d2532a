import { createHash, randomBytes } from 'node:crypto';
import { expectNoLeaks, startRig, takeSnapshot } from '../../tests/support/index.ts';
import { NeedError } from '../lib/need-error.ts';
import { done, say } from '../lib/say.ts';
import { measureIdle } from './measure-idle.ts';
import { Report } from './report.ts';

/** Runs containers under a private containerd, shows what came out, and leaves nothing. Throws NeedError. */
export async function showContainer(): Promise<void> {
  const started = performance.now();
  say('starting a private containerd');
  const report = new Report();
  {
    await using rig = await startRig({
      name: 'the demo',
      version: '1.6',
      transport: 'ttrpc',
      shim: { type: 'io.containerd.runsc.v1', runtime: 'runsc' },
    });
    const before = await takeSnapshot(rig.containerd.scope);
    const run = async (command: readonly string[], input?: string | Uint8Array) => {
      const from = performance.now();
      const ran = await rig.run(command, { flags: ['--rm'], ...(input === undefined ? {} : { input }) });
      return { ...ran, ms: performance.now() - from };
    };

    report.title('A container inside gVisor, by containerd and this checkout’s shim');
    const dmesg = await run(['dmesg']);
    report.command('dmesg', dmesg);
    report.check('the kernel in it is gVisor', dmesg.stdout.includes('gVisor'));

    const echo = await run(['cat'], 'hello from outside\n');
    report.command('cat', echo, "echo 'hello from outside' | ");
    report.check('stdin and stdout pass through', echo.stdout === 'hello from outside\n');

    const streams = await run(['sh', '-c', 'echo out; echo err >&2; exit 42']);
    report.command("sh -c 'echo out; echo err >&2; exit 42'", streams);
    report.check('stderr stays apart', streams.stdout === 'out\n' && streams.stderr === 'err\n');
    report.check(`the exit status is ${streams.exitCode}`, streams.exitCode === 42);

    const bytes = randomBytes(1024 * 1024);
    const copied = await run(['cat'], bytes);
    report.check('1 MiB of random bytes comes back with the same hash', sha256(copied.stdoutBytes) === sha256(bytes));

    report.title('What it took');
    const quick = [await run(['true']), await run(['true']), await run(['true'])];
    report.figure('ctr run --rm … true, median of 3', `${median(quick.map(({ ms }) => ms)).toFixed(0)} ms`);
    for (const [name, value] of await measureIdle(rig)) report.figure(name, value);
    report.figure('all of the above', `${((performance.now() - started) / 1000).toFixed(1)} s`);

    say('looking for anything left behind');
    await expectNoLeaks(rig.containerd.scope, before);
    report.check('no process, mount, socket, cgroup or bundle is left', true);
  }
  done('containerd is stopped and its folder removed: nothing is left running');
  if (report.failures.length > 0) throw new NeedError(`the demo did not hold: ${report.failures.join('; ')}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
