import { SandshimError } from './errors.ts';
import { JsonRecordStream, type StreamPiece } from './json-record-stream.ts';
import { parseExactJson } from './parse/exact-json.ts';
import { parseEvent } from './parse/stats.ts';
import type { RuntimeEvent } from './stats.ts';

const maxWaiting = 256;

/** Events between a command that prints them and a reader that may be slow: when it is full, the oldest is dropped. */
export class EventQueue {
  readonly #records = new JsonRecordStream();
  #waiting: RuntimeEvent[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;

  push(chunk: Uint8Array): void {
    for (const piece of this.#records.push(chunk)) this.#waiting.push(eventOf(piece));
    if (this.#waiting.length > maxWaiting) this.#waiting = this.#waiting.slice(-maxWaiting);
    this.#wake.resolve();
  }

  /** No further event comes. */
  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  async *read(): AsyncGenerator<RuntimeEvent, void, undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      if (this.#ended) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

function eventOf(piece: StreamPiece): RuntimeEvent {
  if ('invalid' in piece) return { type: 'invalid', message: `not an event: ${piece.invalid}` };
  try {
    return parseEvent(parseExactJson(piece.object, 'event'));
  } catch (error) {
    return { type: 'invalid', message: SandshimError.from(error).message };
  }
}
