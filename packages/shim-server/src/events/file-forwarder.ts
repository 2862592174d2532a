import { appendFile } from 'node:fs/promises';
import { SandshimError } from '@sandshim/runsc-client';
import type { Envelope } from '../api/gen/containerd/types/envelope.ts';
import { dateFromTimestamp } from '../api/timestamp.ts';
import type { EventForwarder, ForwardResult } from './forwarder.ts';

const scheme = 'file://';

/** The file that an events address names, `file:///path`; `undefined` for the address of a socket. */
export function journalOf(address: string): string | undefined {
  return address.startsWith(`${scheme}/`) ? address.slice(scheme.length) : undefined;
}

/** An event as a line of a journal. */
export function journalLine({ timestamp, namespace, topic, event }: Envelope): string {
  const line = {
    time: (dateFromTimestamp(timestamp) ?? new Date(0)).toISOString(),
    namespace,
    topic,
    type: event?.typeUrl ?? '',
    value: Buffer.from(event?.value ?? new Uint8Array()).toString('base64'),
  };
  return `${JSON.stringify(line)}\n`;
}

/** Appends events to a file, for shims that run without a containerd. Several shims may share the file: a line is one write. */
export class FileForwarder implements EventForwarder {
  readonly #path: string;

  constructor(options: { readonly path: string }) {
    this.#path = options.path;
  }

  async forward(envelope: Envelope): Promise<ForwardResult> {
    try {
      await appendFile(this.#path, journalLine(envelope), { mode: 0o600 });
      return { outcome: 'delivered' };
    } catch (cause) {
      return { outcome: 'refused', error: SandshimError.from(cause) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The file is open only while a line is written.
  }
}
