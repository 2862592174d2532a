import { describe, expect, it } from 'vitest';
import { parseContainerId, parsePid } from '../ids.ts';
import type { OciProcess } from '../oci.ts';
import { type ControlDialect, controlDialect } from './control-dialect.ts';
import { execArguments } from './exec-arguments.ts';
import type { SandboxRecord } from './sandbox-record.ts';

const record: SandboxRecord = {
  container: parseContainerId('c'),
  sandbox: 'c',
  sandboxPid: parsePid(10),
  owner: { uid: 0, gid: 0 },
  status: 'running',
  bundle: '/b',
  annotations: {},
  process: { env: ['A=container'], cwd: '/there', capabilities: { bounding: ['CAP_KILL'], permitted: ['CAP_CHOWN'] } },
};

function dialectOf(version: string): ControlDialect {
  const dialect = controlDialect(version);
  if (dialect === undefined) throw new Error(`no dialect for ${version}`);
  return dialect;
}

const older = dialectOf('0.0~20221219.0');
const newer = dialectOf('0.0~20240729.0');
const make = (process: Partial<OciProcess>, options: { dialect?: ControlDialect; netRaw?: boolean } = {}) =>
  execArguments({ args: ['true'], cwd: '/', ...process }, record, { dialect: older, netRaw: false, ...options });

describe('execArguments', () => {
  it("takes from the container's process what the exec's own leaves out", () => {
    expect(make({ cwd: '' })).toEqual({
      ContainerID: 'c',
      argv: ['true'],
      envv: ['A=container'],
      wd: '/there',
      KUID: 0,
      KGID: 0,
      ExtraKGIDs: [],
      Capabilities: { PermittedCaps: 1, InheritableCaps: 0, EffectiveCaps: 0, BoundingCaps: 0x20 },
      StdioIsPty: false,
    });
  });

  it("takes the exec's own where it says something, be it empty", () => {
    const user = { uid: 5, gid: 6, additionalGids: [7] };
    expect(make({ env: [], user, capabilities: {} })).toMatchObject({
      envv: [],
      wd: '/',
      KUID: 5,
      KGID: 6,
      ExtraKGIDs: [7],
      Capabilities: { PermittedCaps: 0, InheritableCaps: 0, EffectiveCaps: 0, BoundingCaps: 0 },
    });
  });

  it('gives CAP_NET_RAW to nobody unless runsc is told to', () => {
    const process = { capabilities: { bounding: ['CAP_NET_RAW'] } };
    expect(make(process)?.Capabilities).toMatchObject({ BoundingCaps: 0 });
    expect(make(process, { netRaw: true })?.Capabilities).toMatchObject({ BoundingCaps: 2 ** 13 });
  });

  it('tells the newer version which descriptor becomes which', () => {
    expect(make({}, { dialect: newer })).toMatchObject({ GuestFDs: [0, 1, 2] });
  });

  it.each<[string, Partial<OciProcess>]>([
    ['a terminal', { terminal: true }],
    ['an empty command', { args: [] }],
    ['an unknown capability', { capabilities: { bounding: ['CAP_NOPE'] } }],
  ])('leaves %s to the command line', (_name, process) => {
    expect(make(process)).toBeUndefined();
  });

  it('leaves a capability of a later kernel to the command line of the version that does not know it', () => {
    const process = { capabilities: { bounding: ['CAP_BPF'] } };
    expect(make(process)).toBeUndefined();
    expect(make(process, { dialect: newer })).toBeDefined();
  });
});
