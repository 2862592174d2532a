import type { Fd } from '@sandshim/runsc-client';
import { type ReadinessWatch, type Sys, SystemError } from '../sys/index.ts';

/** What a {@link Linger} asks about a fifo. */
export interface LingerOptions {
  readonly sys: Sys;
  /** The writer that keeps what is in the fifo. It stays the caller's. */
  readonly writer: Fd;
  /** Whether a reader is there. Asking opens the fifo for a moment, which the fifo's own notices tell of. */
  readonly hasReader: () => boolean;
  /** A reader is there and has read everything, or none can come any more. Called once. */
  readonly onDelivered: () => void;
}

/** A reader that splices is announced by no kernel before 6.x: so it is looked at from time to time as well. */
const lookMs = 50;

/**
 * Waits until a fifo's last bytes have been read. What is in a fifo is lost when nobody has it open any more, so the
 * writer has to wait with its closing: for a reader that is slow, and for one that has yet to come back.
 */
export class Linger implements Disposable {
  readonly #options: LingerOptions;
  readonly #notices: { readonly fd: Fd; readonly watch: ReadinessWatch } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: LingerOptions) {
    this.#options = options;
    this.#notices = this.#open();
    // A reader that did something between the caller's look and the notices was not announced.
    this.#look();
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#notices?.watch[Symbol.dispose]();
    if (this.#notices !== undefined) this.#options.sys.close(this.#notices.fd);
  }

  #open() {
    const { sys, writer } = this.#options;
    try {
      const fd = sys.inotify([`/proc/self/fd/${writer}`], { event: 'read' });
      const scratch = new Uint8Array(4096);
      const watch = sys.watch(fd, { readable: true, writable: false }, () => {
        sys.read(fd, scratch);
        this.#look();
      });
      return { fd, watch };
    } catch (error) {
      // The kernel gives out few of these per user. Looking from time to time does as well.
      if (SystemError.hasErrno(error)) return undefined;
      throw error;
    }
  }

  #look(): void {
    if (this.#disposed) return;
    const { sys, writer, hasReader, onDelivered } = this.#options;
    const waiting = sys.readableBytes(writer);
    // The timer runs, so the last look found a reader: asking again would be noticed as an opening, and so on for ever.
    if (waiting > 0 && this.#timer !== undefined) return;
    const read = hasReader();
    // Nobody can come any more where no name is left.
    if (read ? waiting === 0 : !sys.isLinked(writer)) {
      this[Symbol.dispose]();
      onDelivered();
    } else if (read || this.#notices === undefined) {
      this.#lookLater();
    }
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, lookMs);
  }
}
