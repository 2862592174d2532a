import { describe, expect, it } from 'vitest';
import { addressFileOf, addressOf, formatReply, pathInAddressFile, type ShimAddress } from './reply.ts';

const ttrpc: ShimAddress = { path: '/run/containerd/s/ab', protocol: 'ttrpc', version: 3 };

describe('formatReply', () => {
  it('is the address alone for the oldest containerd', async () => {
    expect(Buffer.from(await formatReply(ttrpc, 'plain')).toString()).toBe('unix:///run/containerd/s/ab');
  });

  it('is JSON with version, address and protocol', async () => {
    const reply = Buffer.from(await formatReply({ ...ttrpc, version: 2 }, 'json')).toString();
    expect(JSON.parse(reply)).toEqual({ version: 2, address: 'unix:///run/containerd/s/ab', protocol: 'ttrpc' });
  });

  it('is a BootstrapResult, byte for byte', async () => {
    expect(Buffer.from(await formatReply(ttrpc, 'protobuf')).toString('hex')).toBe(
      '0803121b756e69783a2f2f2f72756e2f636f6e7461696e6572642f732f61621a057474727063',
    );
  });

  it('names a gRPC shim by its bare path', () => {
    expect(addressOf({ ...ttrpc, protocol: 'grpc' })).toBe('/run/containerd/s/ab');
  });
});

describe('the address file', () => {
  it('holds the bare address of a ttrpc shim and the whole reply of a gRPC one', () => {
    expect(addressFileOf(ttrpc)).toBe('unix:///run/containerd/s/ab');
    const grpc: ShimAddress = { ...ttrpc, protocol: 'grpc', version: 2 };
    expect(JSON.parse(addressFileOf(grpc))).toEqual({ version: 2, address: '/run/containerd/s/ab', protocol: 'grpc' });
  });

  it.each([{ ...ttrpc }, { ...ttrpc, protocol: 'grpc' as const }])('gives back the path of %j', (address) => {
    expect(pathInAddressFile(addressFileOf(address))).toBe(address.path);
  });

  it.each([[''], ['abstract'], ['{'], ['{"address":7}'], ['vsock://3:1']])('finds no path in %j', (text) => {
    expect(pathInAddressFile(text)).toBeUndefined();
  });
});
