import { Any, packAny, RuncOptions, RuntimeInfo, RuntimeOptions } from '@sandshim/shim-server/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laterSuites } from '../support/index.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';
import { openWorkshop, type Workshop } from '../support/shim/workshop.ts';

const subjects = [
  { ...ourRunsc, type: 'io.containerd.runsc.v1' },
  { ...ourRunc, type: 'io.containerd.sandshim-runc.v2' },
];

describe.each(subjects)('$name', (subject) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop(subject);
  });
  afterAll(() => shop[Symbol.asyncDispose]());
  const run = (args: readonly string[], stdin?: Uint8Array) =>
    shop.invoke('', '', { args, ...(stdin === undefined ? {} : { stdin }) });

  it.each(['-v', '--version'])('%s says its name and version', async (flag) => {
    const { exitCode, text, stderr } = await run([flag]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(text).toMatch(new RegExp(`^${subject.type}:\\n {2}Version: {2}\\d+\\.\\d+\\.\\d+\\n {2}Revision:`));
  });

  it('-info without options tells name, version and features, and needs no namespace', async () => {
    const { exitCode, stdout, stderr } = await run(['-info']);
    expect([exitCode, stderr]).toEqual([0, '']);
    const info = RuntimeInfo.decode(stdout);
    expect(info).toMatchObject({ name: subject.type, version: { version: expect.stringMatching(/^\d/) } });
    // runc learned to tell its features after the one that is installed here.
    if (subject.runtime === 'runsc') expect(featuresOf(info)).toMatchObject({ ociVersionMax: expect.any(String) });
  });

  it('-info gives back the options that it got', async () => {
    const options =
      subject.runtime === 'runsc'
        ? packAny(RuntimeOptions, RuntimeOptions.create({ configBody: Buffer.from('root = "/r"') }))
        : packAny(RuncOptions, RuncOptions.create({ binaryName: `${laterSuites().runc13}/runc` }));
    const { stdout } = await run(['-info'], Any.encode(options).finish());
    const info = RuntimeInfo.decode(stdout);
    expect(info.options?.typeUrl).toBe(options.typeUrl);
    expect(Buffer.from(info.options?.value ?? []).equals(options.value)).toBe(true);
    expect(featuresOf(info)).toMatchObject({
      hooks: expect.arrayContaining(['prestart', 'poststop']),
      linux: { namespaces: expect.arrayContaining(['pid', 'mount']), cgroup: { v1: true } },
    });
  });

  it.each([
    ['an unknown flag', ['-namespace', 'n', '-bogus', 'start'], 'flag provided but not defined: -bogus'],
    ['a flag without its value', ['-namespace'], 'flag needs an argument: -namespace'],
    ['a boolean that is none', ['-debug=perhaps', 'start'], 'invalid boolean value "perhaps" for -debug'],
    ['no namespace', ['-id', 'c1', 'start'], 'shim namespace cannot be empty'],
    ['an unknown action', ['-namespace', 'n', 'stop'], 'unknown action "stop"'],
    ['an id that is none', ['-namespace', 'n', '-id', '../escape', 'delete'], 'escape'],
    ['no socket to serve on', ['-namespace', 'n', '-id', 'c1'], 'no -socket, and descriptor 3 does not listen'],
  ])('refuses %s with one line and status 1', async (_what, args, message) => {
    const { exitCode, text, stderr } = await run(args);
    expect([exitCode, text]).toEqual([1, '']);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${subject.type}: `);
    expect(stderr).toContain(message);
  });
});

function featuresOf({ features }: RuntimeInfo): unknown {
  expect(features?.typeUrl).toBe('types.containerd.io/opencontainers/runtime-spec/1/features/Features');
  return JSON.parse(Buffer.from(features?.value ?? []).toString());
}
