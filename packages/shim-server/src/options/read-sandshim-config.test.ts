import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSandshimConfig } from './read-sandshim-config.ts';
import { defaultConfig } from './sandshim-config.ts';

let folder: string;
let path: string;
const warnings: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandshim-config-'));
  path = join(folder, 'config.toml');
  warnings.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (): ReturnType<typeof readSandshimConfig> => readSandshimConfig(path, (message) => warnings.push(message));

describe('readSandshimConfig', () => {
  it('is the default without a file, or with an empty one', () => {
    expect(read()).toEqual(defaultConfig);
    writeFileSync(path, '');
    expect(read()).toEqual(defaultConfig);
  });

  it('reads every key', () => {
    writeFileSync(
      path,
      `grouping = false
transport = "grpc"
log_level = "trace"
drain_timeout_ms = 0
exit_grace_ms = 500
runtime_control = "off"
socket_dir = "/run/s"
node_flags = "--max-old-space-size=64"
spares = 2
spare_max_age_ms = 1000
spare_dir = "/run/w"`,
    );
    expect(read()).toEqual({
      grouping: false,
      transport: 'grpc',
      logLevel: 'trace',
      drainTimeoutMs: 0,
      exitGraceMs: 500,
      runtimeControl: 'off',
      socketDir: '/run/s',
      nodeFlags: '--max-old-space-size=64',
      spares: 2,
      spareMaxAgeMs: 1000,
      spareDir: '/run/w',
    });
  });

  it('warns of an unknown key and keeps the rest', () => {
    writeFileSync(path, 'drain = 3\ngrouping = false');
    expect(read().grouping).toBe(false);
    expect(warnings).toEqual([`${path}: unknown key "drain" is ignored`]);
  });

  it.each([
    ['transport = "http"', 'transport is "http", allowed: "ttrpc", "grpc"'],
    ['drain_timeout_ms = 1.5', 'allowed: a whole number from 0 to 600000'],
    ['drain_timeout_ms = -1', 'drain_timeout_ms is -1'],
    ['grouping = 1', 'grouping is 1, allowed: true or false'],
    ['grouping = tru', 'line 1'],
  ])('refuses %j and names the file', (text, message) => {
    writeFileSync(path, text);
    expect(read).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) }),
    );
    expect(read).toThrow(path);
  });
});
