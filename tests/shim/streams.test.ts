import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

const all = [ourRunsc, ourRunc, goRunc];

describe.each(all)('$name', (subject) => {
  it('passes stdin through to the end that CloseIO and the client make together', async () => {
    await using stand = await startShim(subject);
    const { id, streams } = await stand.run({ args: ['cat'], streams: { stdin: true } });
    const waited = stand.task.wait({ id, execId: '' });
    await streams.write('one\n');
    await eventually(() => (streams.output.stdout === 'one\n' ? true : undefined), { what: 'the echo' });
    await streams.closeStdin();
    await sleep(200);
    expect((await stand.task.state({ id, execId: '' })).exitStatus).toBe(0);
    await stand.task.closeIO({ id, execId: '', stdin: true });
    expect((await waited).exitStatus).toBe(0);
  });

  it('carries a mebibyte through unchanged', async () => {
    await using stand = await startShim(subject);
    const { id, streams } = await stand.run({ args: ['cat'], streams: { stdin: true } });
    const waited = stand.task.wait({ id, execId: '' });
    const bytes = randomBytes(1024 * 1024);
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + 4096);
      await eventually(
        () =>
          streams.write(piece).then(
            () => true as const,
            () => undefined,
          ),
        { what: 'room', everyMs: 1 },
      );
      at += piece.length;
    }
    await streams.closeStdin();
    await stand.task.closeIO({ id, execId: '', stdin: true });
    await waited;
    await stand.task.delete({ id, execId: '' });
    await streams.ended;
    expect(Buffer.from(streams.output.stdout, 'latin1').equals(bytes)).toBe(true);
  });

  it('runs without any stream', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sh', '-c', 'echo lost; read x; exit 5'], io: { stdout: '', stderr: '' } });
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(5);
    await stand.task.delete({ id, execId: '' });
  });

  it('lets a process open its own /dev/stdout', async () => {
    await using stand = await startShim(subject);
    const { id, streams } = await stand.run({ args: ['sh', '-c', 'echo again > /proc/self/fd/1'] });
    await stand.task.wait({ id, execId: '' });
    await stand.task.delete({ id, execId: '' });
    await streams.ended;
    expect(streams.output.stdout).toBe('again\n');
  });

  it('deletes an exec whose background child keeps stdout open, within a bound', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    await stand.addExec(id, 'parent', ['sh', '-c', 'sleep 500 & echo done']);
    await stand.task.start({ id, execId: 'parent' });
    expect((await stand.task.wait({ id, execId: 'parent' })).exitStatus).toBe(0);
    await stand.task.delete({ id, execId: 'parent' }, { timeoutMs: 30_000 });
  });
});

describe.each([ourRunsc, ourRunc])('$name, unlike the Go shim', (subject) => {
  // See differences.ts, "one file for two streams".
  it('writes both streams to one file for a file URI, until the last of them ends', async () => {
    await using stand = await startShim(subject);
    const log = `${stand.folder}/logs/deep/out.log`;
    const io = { stdout: `file://${log}`, stderr: `file://${log}` };
    const { id } = await stand.run({ args: ['sh', '-c', 'echo out; exec 1>&-; sleep 0.5; echo err >&2'], io });
    await stand.task.wait({ id, execId: '' });
    await stand.task.delete({ id, execId: '' });
    expect((await readFile(log, 'utf8')).split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  it('remembers a CloseIO that comes before Start', async () => {
    await using stand = await startShim(subject);
    const { id, streams } = await stand.create({ args: ['cat'], streams: { stdin: true } });
    await streams.closeStdin();
    await stand.task.closeIO({ id, execId: '', stdin: true });
    const waited = stand.task.wait({ id, execId: '' });
    await stand.task.start({ id, execId: '' });
    expect((await waited).exitStatus).toBe(0);
  });

  it.each([
    ['stdout', { stdout: true, stderr: false }, { stdout: 'out\n', stderr: '' }],
    ['stderr', { stdout: false, stderr: true }, { stdout: '', stderr: 'err\n' }],
  ])('works with %s alone', async (_name, streams, output) => {
    await using stand = await startShim(subject);
    const container = await stand.run({ args: ['sh', '-c', 'echo out; echo err >&2; exit 6'], streams });
    expect((await stand.task.wait({ id: container.id, execId: '' })).exitStatus).toBe(6);
    await stand.task.delete({ id: container.id, execId: '' });
    await container.streams.ended;
    expect(container.streams.output).toEqual(output);
  });
});
