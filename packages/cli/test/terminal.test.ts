import { parsePid } from '@sandshim/runsc-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unique } from '../../../tests/support/unique.ts';
import { processesNow } from './support/processes.ts';
import { createStand, runtimes, type Stand } from './support/stand.ts';
import { openScreen } from './support/tmux.ts';

describe.each(runtimes)('on a terminal, $runtime', ({ runtime, flags }) => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await createStand();
  });
  afterAll(() => stand[Symbol.asyncDispose]());

  test('run -it is a working shell, and the terminal is as before afterwards', async () => {
    await using screen = await openScreen({ columns: 100, rows: 30, env: stand.env });
    await screen.type(`stty -a > ${stand.rootfs}/../before; clear`);
    await screen.type(`${stand.program} run --rm -it -e PS1='in# ' ${flags.join(' ')} --rootfs ${stand.rootfs} -- sh`);
    await screen.sees(/in#$/);
    await screen.type('echo "typed $((40 + 2))"');
    await screen.sees('typed 42');
    await screen.type('sleep 1000');
    await screen.sees(/^in# sleep 1000$/);
    await screen.press('C-c');
    await screen.type('echo "interrupted: $?"');
    await screen.sees('interrupted: 130');
    await screen.type('stty size');
    await screen.sees('30 100');
    await screen.resize({ columns: 80, rows: 25 });
    await screen.type('stty size');
    await screen.sees('25 80');
    await screen.type('vi /tmp/text');
    await screen.sees(/^- \/tmp\/text/);
    await screen.press('i', 'written in vi', 'Escape');
    await screen.sees('written in vi');
    await screen.type(':wq');
    await screen.type('clear; cat /tmp/text; exit 7');
    await screen.resize({ columns: 100, rows: 30 });
    // What is typed before the command has ended is the container's.
    await screen.sees(/^(?:\^\[\[\d+;\d+R)?#$/);
    await screen.type('echo "status $?"');
    await screen.sees('status 7');
    await screen.type(
      `stty -a > ${stand.rootfs}/../after; cmp ${stand.rootfs}/../before ${stand.rootfs}/../after && echo "the same"`,
    );
    await screen.sees('the same');
  });

  test('a terminal is left with ctrl-P ctrl-Q, and attached to again', async () => {
    const id = `seat-${runtime}`;
    await using screen = await openScreen({ columns: 120, rows: 30, env: stand.env });
    await screen.type(
      `${stand.program} run -dit --name ${id} -e PS1='in# ' ${flags.join(' ')} --rootfs ${stand.rootfs} -- sh; clear`,
    );
    await screen.type(`${stand.program} attach ${id}; echo "left with $?"`);
    await screen.press('Enter');
    await screen.sees(/in#$/);
    await screen.type('clear; echo "here $((1 + 1))"');
    await screen.sees('here 2');
    await screen.press('C-p', 'C-q');
    await screen.sees(/left with 0$/);
    expect(await stand.ok(['ps', '--format', '{{.status}}'])).toBe('running\n');
    await screen.type(`clear; ${stand.program} exec -it -e PS1='also# ' ${id} sh; echo "ended with $?"`);
    await screen.sees(/also#$/);
    await screen.type('exit 4');
    await screen.sees('ended with 4');
    await stand.ok(['rm', '-f', id]);
  });

  test('a command that is killed by SIGTERM gives the terminal back', async () => {
    await using screen = await openScreen({ columns: 100, rows: 30, env: stand.env });
    const id = unique('term');
    const script = 'trap "exit 3" TERM; echo waiting; while :; do sleep 0.1; done';
    await screen.type(
      `${stand.program} run --rm -it --name ${id} ${flags.join(' ')} --rootfs ${stand.rootfs} -- sh -c '${script}'; echo "status $?"; stty -a | grep -o " -\\?icanon"`,
    );
    await screen.sees('waiting');
    const [command] = await processesNow(`sandshim.mjs run --rm -it --name ${id} `);
    process.kill(parsePid(Number(command?.split(' ')[0])), 'SIGTERM');
    await screen.sees('status 3');
    await screen.sees(' icanon');
  });
});

test('stats renews its table until ctrl-C, and shows the cursor again', async () => {
  await using stand = await createStand();
  await using screen = await openScreen({ columns: 120, rows: 30, env: stand.env });
  await stand.ok([
    'run',
    '-d',
    '--name',
    'busy',
    '--runtime',
    'runc',
    '--memory',
    '64m',
    '--rootfs',
    stand.rootfs,
    '--',
    'sh',
    '-c',
    'while :; do :; done',
  ]);
  await screen.type(`clear; ${stand.program} stats; echo "status $?"`);
  await screen.sees(/^busy\s+[█░]{10}\s+\d+\.\d %\s+[█░]{10} .* \/ 64 MiB\s+1/);
  const heads = async () => (await screen.lines()).filter((line) => line.startsWith('ID ')).length;
  expect(await heads()).toBe(1);
  await screen.press('C-c');
  await screen.sees('status 0');
  expect(await heads()).toBe(1);
});
