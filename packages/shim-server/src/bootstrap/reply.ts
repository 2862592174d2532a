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

/** The address in the reply and in the bundle's `address` file. containerd's gRPC dialler wants the bare path. */
export function addressOf(address: ShimAddress): string {
  return address.protocol === 'ttrpc' ? `unix://${address.path}` : address.path;
}

/** What `start` prints. */
export async function formatReply(address: ShimAddress, format: ReplyFormat): Promise<Uint8Array> {
  const { version, protocol } = address;
  const text = addressOf(address);
  switch (format) {
    case 'plain':
      return Buffer.from(text);
    case 'json':
      return Buffer.from(JSON.stringify({ version, address: text, protocol }));
    case 'protobuf': {
      const { encodeBootstrapResult } = await import('./bootstrap-messages.ts');
      return encodeBootstrapResult({ version, address: text, protocol });
    }
  }
}
