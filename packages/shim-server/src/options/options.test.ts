import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packAny } from '../api/any.ts';
import { Options as RuncOptions } from '../api/gen/containerd/runc/v1/options.ts';
import { Options as OldGenericOptions } from '../api/gen/cri/runtimeoptions/v1/options.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import { Options as GenericOptions } from '../api/gen/runtimeoptions/v1/options.ts';
import { loadRuntimeOptions } from './load-runtime-options.ts';
import { defaultRuntimeOptions, type RuntimeName, type RuntimeOptions } from './runtime-options.ts';

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandshim-options-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string, name = 'runsc.toml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function load(any: Any | undefined, options: { runtime?: RuntimeName; searchPath?: string[] } = {}): RuntimeOptions {
  return loadRuntimeOptions(any, {
    runtime: options.runtime ?? 'runsc',
    bundle: folder,
    warn: (message) => warnings.push(message),
    searchPath: options.searchPath ?? [],
  });
}

function generic(options: { typeUrl?: string; configPath?: string; configBody?: string }): Any {
  return packAny(GenericOptions, {
    typeUrl: options.typeUrl ?? '',
    configPath: options.configPath ?? '',
    configBody: Buffer.from(options.configBody ?? ''),
  });
}

const everything = `
shim_cgroup = "/shims"
io_uid = 1000
io_gid = 1001
binary_name = "/opt/runsc"
root = "/run/my-runsc"
log_level = "DEBUG"
log_path = "/var/log/shim/"
grouping = true
enable_hibernate_server = false
[runsc_config]
platform = "ptrace"
network = "none"
overlay2 = "none"
`;

const everythingRead = {
  ...defaultRuntimeOptions('runsc'),
  shimCgroup: '/shims',
  ioUid: 1000,
  ioGid: 1001,
  binaryName: '/opt/runsc',
  root: '/run/my-runsc',
  logLevel: 'debug',
  logPath: '/var/log/shim/',
  grouping: true,
  runscConfig: { platform: 'ptrace', network: 'none', overlay2: 'none' },
};

describe('loadRuntimeOptions for runsc', () => {
  it('reads every key of the file that ctr names', () => {
    expect(load(generic({ configPath: file(everything) }))).toEqual(everythingRead);
    expect(warnings).toEqual([]);
  });

  it('reads the file that CRI names, the body that CRI sends, and the message of containerd 1.4', () => {
    const configPath = file(everything);
    const typeUrl = 'io.containerd.runsc.v1.options';
    expect(load(generic({ typeUrl, configPath }))).toEqual(everythingRead);
    expect(load(generic({ typeUrl, configBody: everything }))).toEqual(everythingRead);
    expect(load(packAny(OldGenericOptions, { typeUrl, configPath }))).toEqual(everythingRead);
  });

  it('reads an Any without a type', () => {
    const any = { ...generic({ configPath: file(everything) }), typeUrl: '' };
    expect(load(any)).toEqual(everythingRead);
  });

  it('takes the first file of its places when it gets no options, or empty ones', () => {
    const searchPath = [join(folder, 'absent'), file(everything), file('root = "/other"', 'second')];
    expect(load(undefined, { searchPath })).toEqual(everythingRead);
    expect(load({ typeUrl: '', value: new Uint8Array(0) }, { searchPath })).toEqual(everythingRead);
    expect(load(generic({}), { searchPath })).toEqual(everythingRead);
  });

  it('has defaults where there is no file at all', () => {
    expect(load(undefined)).toEqual(defaultRuntimeOptions('runsc'));
  });

  it('lays options for runc over the file', () => {
    const any = packAny(RuncOptions, { ...RuncOptions.decode(new Uint8Array(0)), root: '/r', systemdCgroup: true });
    expect(load(any, { searchPath: [file(everything)] })).toEqual({
      ...everythingRead,
      root: '/r',
      systemdCgroup: true,
    });
  });

  it('names an unknown key in a warning', () => {
    load(generic({ configPath: file('bogus = 1\nroot = "/r"') }));
    expect(warnings).toEqual([`${join(folder, 'runsc.toml')}: unknown key "bogus" is ignored`]);
  });

  it('takes numbers and booleans as flags of runsc', () => {
    const { runscConfig } = load(generic({ configBody: '[runsc_config]\ndebug = true\nnum = 3' }));
    expect(runscConfig).toEqual({ debug: 'true', num: '3' });
  });

  it.each([
    ['io_uid = -1', 'io_uid is -1, allowed: a whole number from 0 to 4294967295'],
    ['io_gid = "x"', 'io_gid is "x", allowed: a whole number'],
    ['root = 3', 'root is 3, allowed: a string'],
    ['log_level = "loud"', 'log_level is "loud", allowed: "panic", "fatal"'],
    ['grouping = "yes"', 'grouping is "yes", allowed: true or false'],
    ['runsc_config = "x"', 'runsc_config is "x", allowed: a table of strings'],
    ['[runsc_config]\nplatform = ["a"]', 'allowed: a table of strings'],
    ['root = ', 'line 1'],
  ])('refuses %j and says why', (text, message) => {
    const path = file(text);
    expect(() => load(generic({ configPath: path }))).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) }),
    );
    expect(() => load(generic({ configPath: path }))).toThrow(path);
  });

  it('refuses a path without a file, a body that is no text, bytes that are no message, and another message', () => {
    expect(() => load(generic({ configPath: '/no/such.toml' }))).toThrow(
      expect.objectContaining({ code: 'not_found', message: expect.stringContaining('/no/such.toml') }),
    );
    expect(() => load(generic({ configPath: 'such.toml' }))).toThrow(
      'such.toml does not exist: its path has to be absolute',
    );
    const body = packAny(GenericOptions, { typeUrl: '', configPath: '', configBody: new Uint8Array([0xff, 0xfe]) });
    expect(() => load(body)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    expect(() => load({ typeUrl: GenericOptions.$type, value: new Uint8Array([0x0a, 0x7f]) })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
    expect(() => load({ typeUrl: 'example.Other', value: new Uint8Array(0) })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: 'unsupported option type "example.Other"' }),
    );
  });
});

describe('loadRuntimeOptions for runc', () => {
  it('reads containerd’s own options', () => {
    const any = packAny(RuncOptions, {
      ...RuncOptions.decode(new Uint8Array(0)),
      binaryName: 'crun',
      noPivotRoot: true,
      noNewKeyring: true,
      ioUid: 5,
      shimCgroup: '/s',
      criuWorkPath: '/w',
    });
    expect(load({ ...any, typeUrl: `type.googleapis.com/${any.typeUrl}` }, { runtime: 'runc' })).toEqual({
      ...defaultRuntimeOptions('runc'),
      binaryName: 'crun',
      noPivotRoot: true,
      noNewKeyring: true,
      ioUid: 5,
      shimCgroup: '/s',
      criuWorkPath: '/w',
    });
  });

  it('reads the CamelCase table that CRI hands on', () => {
    const any = generic({ configBody: 'TypeUrl = "x"\nBinaryName = "crun"\nSystemdCgroup = true\nIoUid = 7' });
    expect(load(any, { runtime: 'runc' })).toEqual({
      ...defaultRuntimeOptions('runc'),
      binaryName: 'crun',
      systemdCgroup: true,
      ioUid: 7,
    });
    expect(warnings).toEqual([]);
  });

  it('looks for no file', () => {
    expect(load(undefined, { runtime: 'runc', searchPath: [file('root = 3')] })).toEqual(defaultRuntimeOptions('runc'));
  });
});
