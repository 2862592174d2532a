import { access } from 'node:fs/promises';
import { Status } from '@sandshim/shim-server/api';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';
import { ended, openWorkshop } from '../support/shim/workshop.ts';

/** One line in the text format of logrus: what containerd and its operators expect in that log. */
const line =
  /^time="\d{4}-\d\d-\d\dT[^"]+" level=(?:error|warning|info|debug|trace) msg=(?:"(?:[^"\\]|\\.)*"|\S+)( \S+=(?:"(?:[^"\\]|\\.)*"|\S+))*$/;

describe.each([ourRunsc, ourRunc])('$name', (subject) => {
  it('dumps what it knows and waits for into the bundle’s log at SIGUSR1, and works on', async () => {
    await using stand = await startShim(subject);
    const { id, pid } = await stand.run({ args: ['sleep', '100'] });
    await stand.addExec(id, 'e1', ['sleep', '100']);
    await stand.task.start({ id, execId: 'e1' });
    process.kill(await stand.shimPid(), 'SIGUSR1');
    const last = /\d+ descriptors, rss \d+, heap \d+, external \d+ bytes/;
    await eventually(() => last.test(stand.log()) || undefined, { what: 'the dump to arrive' }).catch(() => undefined);
    expect(stand.log()).toMatch(last);
    expect(stand.log()).toContain('1 containers, 0 being made');
    expect(stand.log()).toContain(`container ${id}: running, pid ${pid}`);
    expect(stand.log()).toMatch(new RegExp(`exec ${id}/e1: running, pid \\d+`));
    expect(stand.log()).toMatch(/waits for: .*PipeWrap/);
    for (const text of stand.log().trim().split('\n')) expect(text).toMatch(line);
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.RUNNING);
  });
});

it.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle shim in good order: its socket is gone', async (signal) => {
  await using shop = await openWorkshop(ourRunsc);
  await shop.bundle('c1');
  const { text } = await shop.invoke('c1', 'start');
  const [pid = 0] = await shop.shims();
  process.kill(pid, signal);
  await ended(pid);
  await expect(access(text.replace('unix://', ''))).rejects.toThrow('ENOENT');
  await shop.expectNothingLeft();
});

it('SIGUSR1 right after the start, before the shim can serve, neither ends it nor opens a debugger', async () => {
  await using shop = await openWorkshop(ourRunsc);
  await shop.bundle('c1');
  await shop.invoke('c1', 'start');
  const [pid = 0] = await shop.shims();
  for (let count = 0; count < 5; count += 1) process.kill(pid, 'SIGUSR1');
  await eventually(() => shop.log('c1').includes('descriptors, rss') || undefined, { what: 'the dump' });
  expect(shop.log('c1')).not.toContain('Debugger');
  process.kill(pid, 'SIGTERM');
  await ended(pid);
});

it('lines of every wanted level reach the log fifo, and no others', async () => {
  await using shop = await openWorkshop(ourRunsc, { config: 'grouping = true\nbogus = 1\nlog_level = "warn"' });
  await shop.bundle('c1');
  await shop.invoke('c1', 'start');
  const warning = 'unknown key \\"bogus\\" is ignored';
  await eventually(() => shop.log('c1').includes(warning) || undefined, { what: 'the warning to arrive' });
  const [pid = 0] = await shop.shims();
  process.kill(pid, 'SIGUSR1');
  process.kill(pid, 'SIGTERM');
  await ended(pid);
  expect(shop.log('c1')).toMatch(/^time="[^"]+" level=warning msg=".*bogus.*" id=c1 namespace=\S+\n$/);
});

it('-debug, which containerd gives when its own level is debug, adds the debug lines', async () => {
  await using shop = await openWorkshop(ourRunsc);
  await shop.bundle('c1');
  const flags = ['-namespace', shop.namespace, '-address', shop.address, '-id', 'c1', '-debug'];
  await shop.invoke('c1', 'start', { args: flags });
  const [pid = 0] = await shop.shims();
  process.kill(pid, 'SIGTERM');
  await ended(pid);
  await eventually(() => shop.log('c1').includes('the shim leaves: SIGTERM') || undefined, { what: 'the last line' });
  expect(shop.log('c1')).toMatch(/level=debug msg="the shim leaves: SIGTERM"/);
});
