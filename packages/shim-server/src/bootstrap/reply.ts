/** How containerd reaches a shim, and in which version of the Task service. */
export interface ShimAddress {
  readonly path: string;
  readonly protocol: 'ttrpc' | 'grpc';
  readonly version: 2 | 3;
}

/**
 * What the containerd at hand reads: each takes a plain address for ttrpc, JSON since 1.7, and a BootstrapResult since
 * 2.3, which is also the first one that says its version.
 */
export type ReplyFormat = 'plain' | 'json' | 'protobuf';

/** The address in the reply. containerd's gRPC dialler wants the bare path. */
export function addressOf(address: ShimAddress): string {
  return address.protocol === 'ttrpc' ? `unix://${address.path}` : address.path;
}

/**
 * The text of the bundle's `address` file, which containerd up to 1.7 reads after its own restart, as it reads a reply: a
 * bare address is ttrpc to it, so a gRPC shim is lost unless the file says what it is.
 */
export function addressFileOf(address: ShimAddress): string {
  return address.protocol === 'ttrpc' ? addressOf(address) : jsonOf(address);
}

/** The socket's path in a bundle's `address` file; `undefined` in a text that names none. */
export function pathInAddressFile(text: string): string | undefined {
  const address = text.startsWith('{') ? /"address":"([^"]+)"/.exec(text)?.[1] : text;
  const path = address?.replace(/^unix:\/\//, '');
  return path?.startsWith('/') ? path : undefined;
}

function jsonOf(address: ShimAddress): string {
  const { version, protocol } = address;
  return JSON.stringify({ version, address: addressOf(address), protocol });
}

/** What `start` prints. */
export async function formatReply(address: ShimAddress, format: ReplyFormat): Promise<Uint8Array> {
  const { version, protocol } = address;
  const text = addressOf(address);
  switch (format) {
    case 'plain':
      return Buffer.from(text);
    case 'json':
      return Buffer.from(jsonOf(address));
    case 'protobuf': {
      const { encodeBootstrapResult } = await import('./bootstrap-messages.ts');
      return encodeBootstrapResult({ version, address: text, protocol });
    }
  }
}
