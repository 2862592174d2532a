import type { Fd } from '@sandshim/runsc-client';
import type { FakeDescriptors } from './fake-descriptors.ts';
import { fakeFile } from './fake-open-file.ts';

const eventSize = 16;

/** inotify of the fake: a test says when something happened. */
export class FakeNotices {
  readonly #descriptors: FakeDescriptors;
  readonly #waiting = new Map<string, Set<{ due: boolean }>>();

  constructor(descriptors: FakeDescriptors) {
    this.#descriptors = descriptors;
  }

  open(paths: readonly string[]): Fd {
    const notice = { due: false };
    for (const path of paths) this.#waiting.set(path, (this.#waiting.get(path) ?? new Set()).add(notice));
    const file = fakeFile({
      readiness: () => ({ readable: notice.due, writable: false, hangup: false }),
      read: () => {
        if (!notice.due) return undefined;
        notice.due = false;
        return eventSize;
      },
      release: () => {
        for (const path of paths) this.#waiting.get(path)?.delete(notice);
      },
    });
    return this.#descriptors.add(file);
  }

  notify(path: string): void {
    for (const notice of this.#waiting.get(path) ?? []) notice.due = true;
  }
}
