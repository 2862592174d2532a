import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.ts';
import { encodeLog, type LogPiece, outputOf, parseLogLine } from './log-line.ts';
import { type ReadLogOptions, readLog } from './read-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/sandshim-log-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = new Date('2026-01-31T08:00:00.123Z');

function linesOf(log: Buffer): readonly Buffer[] {
  return log
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line, 'latin1'));
}

async function read(path: string, options: ReadLogOptions = {}): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of readLog(path, options)) pieces.push(outputOf(piece).toString());
  return pieces;
}

describe('a line of the log', () => {
  it("has Kubernetes' form: time, stream, full or partial, text", () => {
    expect(encodeLog('stderr', Buffer.from('one\ntw'), at).toString()).toBe(
      '2026-01-31T08:00:00.123Z stderr F one\n2026-01-31T08:00:00.123Z stderr P tw\n',
    );
  });

  it('gives back whatever bytes a process wrote, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const log = Buffer.concat(chunks.map((chunk) => encodeLog('stdout', chunk, at)));
        const pieces = linesOf(log)
          .map(parseLogLine)
          .filter((piece): piece is LogPiece => piece !== undefined);
        expect(Buffer.concat(pieces.map(outputOf))).toEqual(Buffer.concat(chunks));
      }),
    );
  });

  it.each(['', 'nonsense', '2026 stdout', 'never stdout F x', '2026-01-31T08:00:00Z stdin F x'])(
    '%j is none',
    (line) => {
      expect(parseLogLine(Buffer.from(line))).toBeUndefined();
    },
  );
});

describe('a log', () => {
  it('is read from the beginning, by its last lines, or since a time', async () => {
    const path = join(folder, 'a.log');
    for (const [second, text] of [
      [1, 'one\n'],
      [2, 'two'],
      [3, ' more\n'],
      [4, 'three\n'],
    ] as const) {
      appendFileSync(path, encodeLog('stdout', Buffer.from(text), new Date(at.getTime() + second * 1000)));
    }
    expect((await read(path)).join('')).toBe('one\ntwo more\nthree\n');
    expect((await read(path, { tail: 2 })).join('')).toBe('two more\nthree\n');
    expect(await read(path, { tail: 0 })).toEqual([]);
    expect((await read(path, { since: new Date(at.getTime() + 4000) })).join('')).toBe('three\n');
  });

  it('that is not there is empty', async () => {
    expect(await read(join(folder, 'none.log'))).toEqual([]);
  });

  it('is followed until the container ends, and not beyond its last words', async () => {
    const path = join(folder, 'b.log');
    appendFileSync(path, encodeLog('stdout', Buffer.from('before\n'), at));
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const seen: string[] = [];
    const following = (async () => {
      for await (const piece of readLog(path, { until: ended })) {
        seen.push(outputOf(piece).toString());
        if (seen.length === 1) appendFileSync(path, encodeLog('stdout', Buffer.from('during\n'), at));
        if (seen.length === 2) {
          appendFileSync(path, encodeLog('stdout', Buffer.from('last\n'), at));
          end();
        }
      }
    })();
    await following;
    expect(seen).toEqual(['before\n', 'during\n', 'last\n']);
  });

  it('begins a new file when it is too large, and keeps the one before', async () => {
    const path = join(folder, 'sub', 'c.log');
    {
      using log = new LogFile(path, { maxBytes: 100 });
      for (const text of ['one\n', 'two\n', 'three\n', 'four\n']) log.write('stdout', Buffer.from(text));
    }
    const text = (await read(path)).join('');
    expect('one\ntwo\nthree\nfour\n'.endsWith(text)).toBe(true);
    expect(text).toContain('four\n');
  });
});
