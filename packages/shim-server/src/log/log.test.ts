import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFifo } from './log-fifo.ts';
import { openLogFile } from './log-file.ts';
import { createLogRouter } from './log-router.ts';
import { createLogger, type LogSink } from './logger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandshim-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function memory(): LogSink & { readonly lines: string[]; closed: boolean } {
  const lines: string[] = [];
  const sink = {
    lines,
    closed: false,
    write: (line: string) => {
      lines.push(line);
    },
    [Symbol.dispose]: () => {
      sink.closed = true;
    },
  };
  return sink;
}

describe('createLogger', () => {
  it('writes lines as logrus does, with its fields', () => {
    const sink = memory();
    const now = (): Date => new Date(0);
    const logger = createLogger({ sink, level: 'info', fields: { id: 'c1' }, now });
    logger.log('warn', 'it is "late"', { code: 3, absent: undefined });
    expect(sink.lines).toEqual(['time="1970-01-01T00:00:00.000Z" level=warning msg="it is \\"late\\"" id=c1 code=3\n']);
  });

  it('leaves out what is less severe than its level', () => {
    const sink = memory();
    const logger = createLogger({ sink, level: 'warn' });
    for (const level of ['error', 'warn', 'info', 'debug', 'trace'] as const) logger.log(level, level);
    expect(sink.lines).toHaveLength(2);
  });

  it('keeps a message of several lines on one', () => {
    const sink = memory();
    createLogger({ sink, level: 'info' }).log('info', 'a\nb');
    expect(sink.lines[0]?.match(/\n/g)).toHaveLength(1);
  });
});

describe('openLogFifo', () => {
  const read = (fd: number): string => {
    const buffer = Buffer.alloc(200_000);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  };

  it('writes without a reader, for one that comes later', () => {
    execFileSync('mkfifo', [join(folder, 'log')]);
    using sink = openLogFifo(folder);
    sink?.write('early\n');
    const fd = openSync(join(folder, 'log'), constants.O_RDONLY | constants.O_NONBLOCK);
    expect(read(fd)).toBe('early\n');
    closeSync(fd);
  });

  it('drops what does not fit, and says how much', () => {
    execFileSync('mkfifo', [join(folder, 'log')]);
    using sink = openLogFifo(folder);
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 100; count++) sink?.write(line);
    const fd = openSync(join(folder, 'log'), constants.O_RDONLY | constants.O_NONBLOCK);
    const kept = read(fd).length / line.length;
    sink?.write('after\n');
    expect(read(fd)).toBe(`level=warning msg="${100 - kept} lines of the shim's log were dropped"\nafter\n`);
    closeSync(fd);
  });

  it('is nothing where there is no fifo', () => {
    expect(openLogFifo(folder)).toBeUndefined();
  });

  it('keeps no descriptor once it is closed, and writes no more', () => {
    execFileSync('mkfifo', [join(folder, 'log')]);
    const before = readdirSync('/proc/self/fd').length;
    const sink = openLogFifo(folder);
    sink?.[Symbol.dispose]();
    sink?.[Symbol.dispose]();
    sink?.write('late\n');
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe('openLogFile', () => {
  it('makes the folder and puts the id in its place', () => {
    using sink = openLogFile(join(folder, 'deep/%ID%.log'), 'c1');
    sink.write('x\n');
    expect(existsSync(join(folder, 'deep/c1.log'))).toBe(true);
  });

  it('names the file itself in a folder', () => {
    openLogFile(`${folder}/`, 'c1')[Symbol.dispose]();
    expect(readdirSync(folder)).toEqual(['runsc-shim-c1.log']);
  });
});

describe('createLogRouter', () => {
  it('writes to the oldest bundle that is there, and to every mirror', () => {
    const sinks = new Map<string, ReturnType<typeof memory>>([
      ['a', memory()],
      ['b', memory()],
    ]);
    const mirror = memory();
    using router = createLogRouter((bundle) => sinks.get(bundle));
    router.write('nobody\n');
    router.addBundle('a');
    router.addBundle('b');
    router.mirror(mirror, 'c1');
    router.write('1\n');
    router.removeBundle('a');
    router.write('2\n');
    expect(sinks.get('a')).toMatchObject({ lines: ['1\n'], closed: true });
    expect(sinks.get('b')).toMatchObject({ lines: ['2\n'], closed: false });
    expect(mirror.lines).toEqual(['1\n', '2\n']);
  });
});
