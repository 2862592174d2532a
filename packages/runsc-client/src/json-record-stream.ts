import { StringDecoder } from 'node:string_decoder';
import { scanObject } from './json-stream.ts';

/** A piece of a stream: the text of one JSON object, or what cannot be one. */
export type StreamPiece = { readonly object: string } | { readonly invalid: string };

const maxRecordChars = 1_024 * 1_024;

/**
 * Cuts a stream of bytes into JSON objects of one line each, with or without newlines between them. A line that is not one comes out as
 * invalid, shortened; a record of more than 1 Mi characters is dropped up to the next line.
 */
export class JsonRecordStream {
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #skipping = false;

  *push(chunk: Uint8Array): Generator<StreamPiece> {
    this.#pending += this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (this.#skipping && !this.#skipLine()) return;
    yield* this.#cut();
    if (this.#pending.length <= maxRecordChars) return;
    yield { invalid: shortened(this.#pending) };
    this.#pending = '';
    this.#skipping = true;
  }

  *#cut(): Generator<StreamPiece> {
    for (;;) {
      this.#pending = this.#pending.trimStart();
      if (this.#pending === '') return;
      const scan = this.#pending.startsWith('{') ? scanObject(this.#pending, 0, { oneLine: true }) : undefined;
      if (scan?.found === 'incomplete') return;
      if (scan?.found === 'object') {
        const object = this.#pending.slice(0, scan.at);
        this.#pending = this.#pending.slice(scan.at);
        yield { object };
        continue;
      }
      const end = this.#pending.indexOf('\n');
      if (end === -1) return;
      yield { invalid: shortened(this.#pending.slice(0, end)) };
      this.#pending = this.#pending.slice(end + 1);
    }
  }

  #skipLine(): boolean {
    const end = this.#pending.indexOf('\n');
    this.#pending = end === -1 ? '' : this.#pending.slice(end + 1);
    this.#skipping = end === -1;
    return end !== -1;
  }
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
