import assert from 'node:assert/strict';
import type { ComplianceCase } from './subject.ts';
import { containerId, failsWith, process, started } from './subject.ts';

/** What can be asked, and how a call ends early. */
export const questionCases: readonly ComplianceCase[] = [
  {
    name: 'list has every container, and none at first',
    check: async (subject) => {
      assert.deepEqual(await subject.runtime.list(), []);
      await started(subject);
      const list = await subject.runtime.list();
      assert.deepEqual(
        list.map(({ id, status }) => ({ id, status })),
        [{ id: containerId, status: 'running' }],
      );
    },
  },
  {
    name: 'stats tell what the container uses',
    check: async (subject) => {
      await started(subject);
      const stats = await subject.runtime.stats(containerId);
      assert.equal(stats.pids.current, 1n);
      assert.ok(stats.memory.usage.usageBytes > 0n);
      assert.ok(stats.cpu.totalNs > 0n);
    },
  },
  {
    name: 'events come until the signal aborts, and then end',
    check: async (subject) => {
      await started(subject);
      const stop = new AbortController();
      const types: string[] = [];
      for await (const event of subject.runtime.events(containerId, { intervalMs: 1_000, signal: stop.signal })) {
        types.push(event.type);
        if (types.length === 2) stop.abort();
      }
      assert.deepEqual(types, ['stats', 'stats']);
    },
  },
  {
    name: 'events of a container that does not exist fail with not_found',
    check: async ({ runtime }) => {
      const read = async () => {
        for await (const event of runtime.events(containerId)) assert.fail(`an event came: ${event.type}`);
      };
      await failsWith('not_found', read());
    },
  },
  {
    name: 'version tells the program and the version of the specification',
    check: async ({ runtime }) => {
      const { program, version, spec } = await runtime.version();
      assert.match(program, /^(?:runsc|runc|crun)$/);
      assert.notEqual(version, '');
      assert.match(spec ?? '', /^1\./);
    },
  },
  {
    name: 'update changes the limits, or answers unimplemented with the version',
    check: async (subject) => {
      await started(subject);
      const { version } = await subject.runtime.version();
      const refusal = await subject.runtime.update(containerId, { pids: { limit: 100 } }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal === undefined) return;
      const error = await failsWith('unimplemented', Promise.reject(refusal));
      assert.ok(error.message.includes(version), error.message);
    },
  },
  {
    name: 'an aborted call fails with canceled, one that takes too long with deadline_exceeded',
    check: async (subject) => {
      await started(subject);
      const sleep = process('sleep', '1000');
      await failsWith('canceled', subject.runtime.state(containerId, { signal: AbortSignal.abort() }));
      const stop = new AbortController();
      const aborted = subject.runtime.exec(containerId, { process: sleep, signal: stop.signal });
      stop.abort();
      await failsWith('canceled', aborted);
      await failsWith('deadline_exceeded', subject.runtime.exec(containerId, { process: sleep, timeoutMs: 100 }));
    },
  },
];
