import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RuntimeCommandError } from './command-error.ts';
import { createBundle } from './create-bundle.ts';
import { parseContainerId } from './ids.ts';
import { run } from './run.ts';
import { Runsc } from './runsc.ts';
import { FakeRuntime, obedient } from './testing/index.ts';

const id = parseContainerId('c1');
let fake: FakeRuntime;
let runsc: Runsc;

beforeEach(async () => {
  fake = await FakeRuntime.make('runsc');
  runsc = new Runsc({ command: fake.command });
});
afterEach(() => fake[Symbol.asyncDispose]());

const failureOf = async (call: Promise<unknown>): Promise<RuntimeCommandError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (RuntimeCommandError.is(error)) return error;
  throw new Error(`no failure of a command: ${String(error)}`);
};

const all = async <T>(values: AsyncIterable<T>): Promise<readonly T[]> => {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
};

describe('what a version lacks', () => {
  test('is unimplemented, with the version, and is asked for once', async () => {
    await fake.on('help', [
      { do: 'print', text: '\tstate   the state\n' },
      { do: 'exit', code: 0 },
    ]);
    for (let call = 0; call < 2; call += 1) {
      const message = 'runsc fake-1 has no update command';
      await expect(runsc.update(id, {})).rejects.toMatchObject({ code: 'unimplemented', message });
    }
    const message = 'runsc fake-1 has no option --compression of checkpoint';
    const options = { imagePath: '/i', compression: 'none' } as const;
    await expect(runsc.checkpoint(id, options)).rejects.toMatchObject({ code: 'unimplemented', message });
    const calls = (await fake.calls()).map((words) => words.join(' '));
    expect(calls).toEqual(['help', '--version', 'help checkpoint']);
  });

  test('is asked for again if it could not be found out', async () => {
    await fake.on('help', [{ do: 'fail', message: 'not now' }], { once: true });
    await expect(runsc.update(id, {})).rejects.toThrow('not now');
    await expect(runsc.update(id, {})).rejects.toMatchObject({ code: 'not_found' });
  });

  test('shows in a usage text too, which is not the message', async () => {
    const text = 'flag provided but not defined: -x\nUsage: runsc <flags>\n  -root string\n';
    await fake.on('state', [
      { do: 'print', to: 'stderr', text },
      { do: 'exit', code: 128 },
    ]);
    const message = 'runsc state failed: flag provided but not defined: -x (runsc fake-1)';
    expect(await failureOf(runsc.state(id))).toMatchObject({ code: 'unimplemented', message });
  });
});

describe('run', () => {
  test('gives status and output, and leaves no container', async () => {
    await using bundle = await createBundle({ rootfs: '/', args: ['/bin/sh', '-c', 'echo out; echo err >&2; exit 3'] });
    expect(await run(runsc, { bundle: bundle.path })).toEqual({ exitStatus: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await runsc.list()).toEqual([]);
  });

  test('deletes the container when its time is up', async () => {
    await using bundle = await createBundle({ rootfs: '/', args: obedient('c1') });
    const call = run(runsc, { bundle: bundle.path, id, timeoutMs: 300 });
    expect(await failureOf(call)).toMatchObject({ code: 'deadline_exceeded' });
    expect(await runsc.list()).toEqual([]);
  });

  test('leaves a container alone that somebody else has made', async () => {
    await using bundle = await createBundle({ rootfs: '/', args: obedient('c1') });
    await runsc.create(id, { bundle: bundle.path });
    expect(await failureOf(run(runsc, { bundle: bundle.path, id }))).toMatchObject({ code: 'already_exists' });
    expect(await runsc.list()).toHaveLength(1);
  });
});

describe('events', () => {
  const container = async () => {
    await using bundle = await createBundle({ rootfs: '/', args: obedient('c1') });
    await runsc.create(id, { bundle: bundle.path });
  };

  test('go on behind a record that is broken', async () => {
    await container();
    const text = 'no json\n{"type":"stats","id":"c1"}\n{"type":"oom","id":"c1"}';
    await fake.on('events', [
      { do: 'print', text },
      { do: 'exit', code: 0 },
    ]);
    const events = await all(runsc.events(id));
    expect(events.map(({ type }) => type)).toEqual(['invalid', 'invalid', 'oom']);
  });

  test('end when the reader stops, and the command with them', async () => {
    await container();
    for await (const event of runsc.events(id)) {
      expect(event.type).toBe('stats');
      break;
    }
  });

  test('that nobody reads are dropped from the oldest on', async () => {
    await container();
    const text = Array.from({ length: 1_000 }, (_, index) => `{"type":"oom","id":"c${index}"}\n`).join('');
    await fake.on('events', [
      { do: 'print', text },
      { do: 'gate', name: 'read' },
      { do: 'exit', code: 0 },
    ]);
    const events = runsc.events(id);
    const first = await events.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fake.open('read');
    const rest = await all(events);
    expect(first.done).toBe(false);
    expect(rest.length).toBeLessThanOrEqual(256);
    expect(rest.at(-1)).toEqual({ type: 'oom', id: 'c999' });
  });

  test('fail as the command fails', async () => {
    await expect(all(runsc.events(id))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of an aborted signal are none', async () => {
    expect(await all(runsc.events(id, { signal: AbortSignal.abort() }))).toEqual([]);
  });
});
