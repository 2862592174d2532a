import type { OutputEndpoint } from './endpoint.ts';
import { type OutputTarget, openFileTarget, openPathTarget } from './streams/output-target.ts';
import type { Sys } from './sys/index.ts';

/** An endpoint that is a place, not a program. */
export type PlaceEndpoint = Extract<OutputEndpoint, { readonly path: string }>;

/**
 * Opens the targets of one process. A file that two of its streams name is opened once; a fifo that two of them name has
 * two writers, as its readers expect.
 */
export class TargetOpener {
  readonly #sys: Sys;
  readonly #files = new Map<string, OutputTarget>();

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** @throws SystemError */
  async open(endpoint: PlaceEndpoint): Promise<OutputTarget> {
    const before = this.#files.get(endpoint.path);
    if (before?.kind === 'file') return { kind: 'file', file: before.file.retain() };
    const target =
      endpoint.kind === 'file'
        ? await openFileTarget(this.#sys, endpoint.path)
        : openPathTarget(this.#sys, endpoint.path);
    this.#files.set(endpoint.path, target);
    return target;
  }
}
