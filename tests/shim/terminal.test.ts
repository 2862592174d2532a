import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  it('gives a container a terminal whose size follows', async () => {
    await using stand = await startShim(subject);
    const { id, streams } = await stand.run({ args: ['sh'], terminal: true, streams: { stdin: true } });
    await stand.task.resizePty({ id, execId: '', width: 91, height: 37 });
    await eventually(
      async () => {
        await streams.write('stty size; test -t 1 && echo is-$((1+1))-tty\n');
        return streams.output.stdout.includes('37 91') ? true : undefined;
      },
      { what: 'the size', everyMs: 200 },
    );
    expect(streams.output.stdout).toContain('is-2-tty');
    const waited = stand.task.wait({ id, execId: '' });
    await streams.write('exit 3\n');
    expect((await waited).exitStatus).toBe(3);
    await stand.task.delete({ id, execId: '' });
  });

  it('gives an exec a terminal', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const streams = await stand.addExec(id, 'shell', ['sh', '-c', 'test -t 0 && test -t 1 && test -t 2 && echo tty'], {
      terminal: true,
      streams: { stdin: true },
    });
    await stand.task.start({ id, execId: 'shell' });
    expect((await stand.task.wait({ id, execId: 'shell' })).exitStatus).toBe(0);
    await stand.task.delete({ id, execId: 'shell' });
    await streams.ended;
    expect(streams.output.stdout).toBe('tty\r\n');
  });

  it('brings ten mebibytes through a terminal whole', async () => {
    await using stand = await startShim(subject);
    const size = 10 * 1024 * 1024;
    const args = ['sh', '-c', `stty raw; head -c ${size} /dev/zero | tr '\\0' x; echo end`];
    const { id, streams } = await stand.run({ args, terminal: true });
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(0);
    await stand.task.delete({ id, execId: '' }, { timeoutMs: 60_000 });
    await streams.ended;
    expect(streams.output.stdout.length).toBe(size + 'end\n'.length);
    expect(streams.output.stdout.endsWith('xend\n')).toBe(true);
  });
});
