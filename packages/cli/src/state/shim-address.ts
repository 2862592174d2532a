import { SandshimError } from '@sandshim/runsc-client';

/** Where a shim listens and what it speaks there. */
export interface ShimAddress {
  /** A unix socket's path; one that begins with a zero byte is abstract. */
  readonly socket: string;
  readonly protocol: 'ttrpc' | 'grpc';
  /** Version of the Task service that the shim named; it may serve others too. */
  readonly version: 2 | 3;
}

/**
 * Reads a bundle's `address` (a plain address) or `bootstrap.json` (containerd 2.x).
 * @throws SandshimError `invalid_argument`
 */
export function parseShimAddress(source: string): ShimAddress {
  const text = source.trim();
  if (!text.startsWith('{')) return { socket: parseSocket(text), protocol: 'ttrpc', version: 2 };
  const value = parseJson(text);
  const address = 'address' in value ? value.address : undefined;
  if (typeof address !== 'string') throw new SandshimError('invalid_argument', 'bootstrap.json: address is missing');
  const protocol = 'protocol' in value ? String(value.protocol).toLowerCase() : 'ttrpc';
  return {
    socket: parseSocket(address),
    protocol: protocol === 'grpc' ? 'grpc' : 'ttrpc',
    version: 'version' in value && value.version === 3 ? 3 : 2,
  };
}

function parseSocket(address: string): string {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : address;
  if (path === '' || path.includes('://')) {
    throw new SandshimError('invalid_argument', `shim address ${JSON.stringify(address)} is not a unix socket`);
  }
  if (path.startsWith('@')) return `\0${path.slice(1)}`;
  // Without the scheme it is the name of an abstract socket, unless gRPC's bare path.
  return path.startsWith('/') || address.startsWith('unix://') ? path : `\0${path}`;
}

function parseJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw new SandshimError('invalid_argument', 'bootstrap.json is not JSON', { cause });
  }
  throw new SandshimError('invalid_argument', 'bootstrap.json is not an object');
}
