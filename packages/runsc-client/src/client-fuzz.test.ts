import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SandshimError } from './errors.ts';
import { parseContainerId } from './ids.ts';
import { Runc } from './runc.ts';
import { Runsc } from './runsc.ts';
import type { Runtime } from './runtime.ts';
import type { SpawnResult } from './spawner.ts';
import { FakeRuntime, recordCommands } from './testing/index.ts';

const id = parseContainerId('c1');
const exec = { process: { args: ['true'], cwd: '/' } };

const calls: Readonly<Record<string, (runtime: Runtime) => Promise<unknown>>> = {
  state: (runtime) => runtime.state(id),
  list: (runtime) => runtime.list(),
  ps: (runtime) => runtime.ps(id),
  top: (runtime) => runtime.top(id),
  stats: (runtime) => runtime.stats(id),
  wait: (runtime) => runtime.wait(id),
  version: (runtime) => runtime.version(),
  update: (runtime) => runtime.update(id, {}),
  start: (runtime) => runtime.start(id),
  kill: (runtime) => runtime.kill(id, 9),
  exec: (runtime) => runtime.exec(id, exec),
  events: async (runtime) => {
    for await (const event of runtime.events(id)) expect(event.type).toBeTypeOf('string');
  },
};

// Truncated, interleaved, binary, or right but for one value.
const valid = fc.constantFrom(
  '{"ociVersion":"1.0.2","id":"c1","status":"running","pid":1,"bundle":"/b"}',
  '[{"id":"c1","status":"running","pid":1,"bundle":"/b"}]',
  '{"type":"stats","id":"c1","data":{"cpu":{"usage":{"total":1}}}}\n',
  '{"id":"c1","exitStatus":0}',
  '{"msg":"container does not exist","level":"error","time":""}',
  'UID PID CMD\n0 1 sh\n',
  'runc version 1\nspec: 1.0\n',
  '[1,2,3]',
);
const text = fc.oneof(
  valid,
  fc.tuple(valid, fc.nat(80)).map(([whole, length]) => whole.slice(0, length)),
  fc.tuple(valid, valid, fc.nat(40)).map(([one, other, at]) => one.slice(0, at) + other + one.slice(at)),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.json(),
);
const ending: fc.Arbitrary<Partial<SpawnResult>> = fc.oneof(
  fc.record({ exitCode: fc.constantFrom(0, 0, 1, 2, 128, 137, 255), stdout: text, stderr: text }),
  fc.record({ signal: fc.constantFrom('SIGKILL', 'SIGPIPE'), stdout: text, stderr: text }),
  fc.record({ exitCode: fc.constant(0), stdout: text, stdoutTruncated: fc.boolean() }),
);

const settles = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect(SandshimError.is(error), String(error)).toBe(true);
};

test.each(Object.entries(calls))(
  '%s answers, or fails with a code, whatever the runtime prints',
  async (_name, call) => {
    await fc.assert(
      fc.asyncProperty(ending, fc.boolean(), async (told, isRunsc) => {
        const { spawner } = recordCommands((request) => {
          if (told.stdout !== undefined) request.onStdout?.(Buffer.from(told.stdout));
          return told;
        });
        await settles(call(isRunsc ? new Runsc({ spawner }) : new Runc({ spawner })));
      }),
      { numRuns: 60 },
    );
  },
);

let fake: FakeRuntime;
beforeAll(async () => {
  fake = await FakeRuntime.make('runc');
});
afterAll(() => fake[Symbol.asyncDispose]());

test('a real command may write any bytes to stdout, stderr and its log', async () => {
  const log = join(fake.folder, 'log.json');
  const runtime = new Runc({ command: fake.command, log });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    text.map((value) => Buffer.from(value)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, bytes, bytes, fc.constantFrom(0, 1, 128), async (out, err, logged, exitCode) => {
      await Promise.all([
        writeFile(join(fake.folder, 'out'), out),
        writeFile(join(fake.folder, 'err'), err),
        writeFile(join(fake.folder, 'logged'), logged),
      ]);
      await fake.reset();
      await fake.on('state', [
        { do: 'file', path: join(fake.folder, 'out'), to: 'stdout' },
        { do: 'file', path: join(fake.folder, 'logged'), to: 'log' },
        { do: 'file', path: join(fake.folder, 'err'), to: 'stderr' },
        { do: 'exit', code: exitCode },
      ]);
      await settles(runtime.state(id, { timeoutMs: 20_000 }));
    }),
    { numRuns: 60 },
  );
});
