import { describe, expect, it } from 'vitest';
import { packAny } from '../api/any.ts';
import { Options } from '../api/gen/containerd/runc/v1/options.ts';
import { BootstrapParams } from '../api/gen/containerd/runtime/bootstrap/v1/bootstrap.ts';
import { Any } from '../api/gen/google/protobuf/any.ts';
import { parseStartInput } from './bootstrap-messages.ts';
import { parseContainerdMajor } from './containerd-version.ts';

const expected = { id: 'c1', namespace: 'default' };
const golden = Buffer.from(
  '0a026331120764656661756c7418fcffffffffffffffff01220676322e332e342a252f72756e2f636f6e7461696e6572642f636f6e7461696e6572642e736f636b2e7474727063321f2f72756e2f636f6e7461696e6572642f636f6e7461696e6572642e736f636b3a132f7573722f62696e2f636f6e7461696e657264',
  'hex',
);
const options = packAny(Options, { ...Options.decode(new Uint8Array(0)), root: '/r' });

describe('parseStartInput', () => {
  it('is nothing for empty stdin', () => {
    expect(parseStartInput(new Uint8Array(0), expected)).toEqual({ options: [] });
  });

  it('knows the parameters of containerd 2.3', () => {
    expect(parseStartInput(golden, expected).params).toMatchObject({
      instanceId: 'c1',
      logLevel: -4,
      containerdVersion: 'v2.3.4',
      containerdTtrpcAddress: '/run/containerd/containerd.sock.ttrpc',
    });
  });

  it('finds the options among their extensions', () => {
    const params = BootstrapParams.decode(golden);
    const bytes = BootstrapParams.encode({ ...params, extensions: [{ value: options }] }).finish();
    expect(parseStartInput(bytes, expected).options).toEqual([options]);
  });

  it('takes an Any for what it is, though it decodes as parameters too', () => {
    expect(parseStartInput(Any.encode(options).finish(), expected)).toEqual({ options: [options] });
  });

  it('takes parameters of another container for an Any', () => {
    expect(parseStartInput(golden, { ...expected, id: 'c2' }).params).toBeUndefined();
  });

  it.each(['ff', '0a05', '7b7d', '756e69783a2f2f'])('refuses the bytes %s', (hex) => {
    expect(() => parseStartInput(Buffer.from(hex, 'hex'), expected)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});

describe('parseContainerdMajor', () => {
  it.each([
    ['containerd github.com/containerd/containerd/v2 2.1.9+unknown ', 2],
    ['containerd containerd.io 1.7.24 88bf19b2105c8b17560993bee28a01ddc2f97182', 1],
    ['containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u1', 1],
    ['v2.3.4', 2],
    ['', 1],
    ['nonsense', 1],
  ])('reads %j', (output, major) => {
    expect(parseContainerdMajor(output)).toBe(major);
  });
});
