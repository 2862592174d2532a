/*
 * The same question by runsc's command line and by the sandbox's control socket, alternating.
 *   node --conditions=@sandshim/source packages/runsc-client/bench/control.ts [rounds]
 */
import { performance } from 'node:perf_hooks';
import type { ContainerId, Runtime, RuntimeStdio } from '@sandshim/runsc-client';
import { openRig, type Rig, runscsUnderTest } from '../test/control/rig.ts';

const rounds = Number(process.argv[2] ?? 30);
const warmUps = 3;
const stdio: RuntimeStdio = { stdin: null, stdout: null, stderr: null };
const execTrue = { process: { args: ['true'], cwd: '/' }, stdio };

const verbs: Readonly<Record<string, (runtime: Runtime, id: ContainerId) => Promise<unknown>>> = {
  state: (runtime, id) => runtime.state(id),
  ps: (runtime, id) => runtime.ps(id),
  stats: (runtime, id) => runtime.stats(id),
  'kill (SIGCONT)': (runtime, id) => runtime.kill(id, 18),
  'exec true, to its status': (runtime, id) => runtime.exec(id, execTrue),
  '8 execs at a time': (runtime, id) => Promise.all(Array.from({ length: 8 }, () => runtime.exec(id, execTrue))),
  '32 execs at a time': (runtime, id) => Promise.all(Array.from({ length: 32 }, () => runtime.exec(id, execTrue))),
};

for (const runsc of runscsUnderTest) {
  await using rig = await openRig(runsc);
  const id = await rig.running('bench');
  console.log(`\n${runsc.name}, ${rounds} rounds, milliseconds: median [least..most]`);
  for (const [name, verb] of Object.entries(verbs)) {
    const many = name.includes('at a time');
    const times = await measure(rig, {
      rounds: many ? Math.ceil(rounds / 5) : rounds,
      run: (runtime) => verb(runtime, id),
    });
    console.log(`${name.padEnd(26)} command ${show(times.command)}  socket ${show(times.socket)}  ${ratio(times)}`);
  }
  if (rig.commands.length > 0) console.log('commands were used:', rig.commands);
}

interface Times {
  readonly command: readonly number[];
  readonly socket: readonly number[];
}

async function measure(
  rig: Rig,
  options: { readonly rounds: number; readonly run: (runtime: Runtime) => Promise<unknown> },
): Promise<Times> {
  const times = { command: [] as number[], socket: [] as number[] };
  for (let round = -warmUps; round < options.rounds; round += 1) {
    for (const [way, runtime] of [
      ['command', rig.command],
      ['socket', rig.controlled],
    ] as const) {
      const start = performance.now();
      await options.run(runtime);
      if (round >= 0) times[way].push(performance.now() - start);
    }
  }
  return times;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

function show(times: readonly number[]): string {
  const range = `[${Math.min(...times).toFixed(2)}..${Math.max(...times).toFixed(2)}]`;
  return `${median(times).toFixed(2).padStart(8)} ${range.padEnd(18)}`;
}

function ratio({ command, socket }: Times): string {
  return `socket/command ${(median(socket) / median(command)).toFixed(3)}`;
}
