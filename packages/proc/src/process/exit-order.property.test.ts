import { parsePid } from '@sandshim/runsc-client';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstPid } from '../testing/fake-runtime.ts';
import { execIn, fakeStand, turn } from '../testing/fake-stand.ts';

/** What happens to one exec: when its process ends, relative to the answer of its start, and how. */
const execLife = fc.record({
  ends: fc.constantFrom('before its start is answered', 'after its start', 'after init'),
  code: fc.integer({ min: 0, max: 255 }),
  fails: fc.boolean(),
});

it('whatever ends when, each process that started is told to have ended once, and init last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(execLife, { maxLength: 6 }), fc.boolean(), async (lives, initEndsEarly) => {
      using place = fakeStand('runc');
      const container = await place.create();
      if (initEndsEarly) place.runtime.during('start', () => place.end(firstPid, { signal: 9 }));
      await container.init.start();
      const running: { readonly pid: number; readonly code: number }[] = [];
      let pid: number = firstPid;
      for (const [index, life] of lives.entries()) {
        if (container.init.snapshot.status === 'stopped') break;
        pid += 1;
        const own = pid;
        place.runtime.during('exec', async () => {
          if (life.ends === 'before its start is answered') await place.end(own, { code: life.code });
        });
        if (life.fails) place.runtime.fail('exec', new Error('it does not start'));
        const started = await execIn(container, `exec${index}`)
          .start()
          .catch(() => undefined);
        if (started === undefined || life.ends === 'before its start is answered') continue;
        if (life.ends === 'after its start') await place.end(started, { code: life.code });
        else running.push({ pid: started, code: life.code });
      }
      if (!initEndsEarly) await place.end(firstPid, { signal: 9 });
      for (const left of running) await place.end(parsePid(left.pid), { code: left.code });
      await container.init.wait();
      await turn();

      const names = place.events.flatMap((event) => (event.type === 'exec-started' ? [event.exec] : []));
      const exits = place.events.flatMap((event) => (event.type === 'exit' ? [event.exec] : []));
      expect(exits.slice(0, -1).toSorted()).toEqual([...names].toSorted());
      expect(exits.at(-1)).toBeUndefined();
      for (const name of names) {
        const mine = place.events.filter((event) => 'exec' in event && event.exec === name).map(({ type }) => type);
        expect(mine).toEqual(['exec-added', 'exec-started', 'exit']);
      }
    }),
    { numRuns: 60 },
  );
});
