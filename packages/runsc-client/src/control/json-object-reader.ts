import { SandshimError } from '../errors.ts';
import { parseExactJson } from '../parse/exact-json.ts';
import { expectRecord } from '../parse/expect.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Collects the bytes of one JSON object that comes in pieces. Nothing marks the end of an answer on a control socket but
 * the brace that closes it, so braces are counted outside strings; each byte is looked at once.
 */
export class JsonObjectReader {
  readonly #maxBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that were taken so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * The object, once its last byte came; `undefined` before. An integer that a number cannot hold is a bigint in it.
   * @throws SandshimError `resource_exhausted` beyond the bound, `data_loss` for anything but one JSON object.
   */
  push(piece: Uint8Array): Readonly<Record<string, unknown>> | undefined {
    const end = this.#scan(piece);
    this.#length += piece.length;
    if (this.#length > this.#maxBytes) {
      throw new SandshimError('resource_exhausted', `the answer is longer than ${this.#maxBytes} bytes`);
    }
    this.#pieces.push(piece);
    if (end === undefined) return undefined;
    if (end !== piece.length) throw new SandshimError('data_loss', 'bytes follow the answer');
    return parse(Buffer.concat(this.#pieces).toString('utf8'));
  }

  #scan(piece: Uint8Array): number | undefined {
    for (const [index, byte] of piece.entries()) {
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inString = false;
      } else if (byte === quote) {
        this.#requireOpen();
        this.#inString = true;
      } else if (byte === openBrace) {
        this.#depth += 1;
      } else {
        this.#requireOpen();
        if (byte === closeBrace) {
          this.#depth -= 1;
          if (this.#depth === 0) return index + 1;
        }
      }
    }
    return undefined;
  }

  #requireOpen(): void {
    if (this.#depth === 0) throw new SandshimError('data_loss', 'the answer is no JSON object');
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return expectRecord(parseExactJson(text, 'answer'), 'answer');
  } catch (cause) {
    throw new SandshimError('data_loss', 'the answer is no valid JSON', { cause });
  }
}
