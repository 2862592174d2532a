import { expectCount, expectRecord } from './expect.ts';

/** What `runsc usage` prints: the sandbox's memory in bytes. */
export interface MemoryUsage {
  readonly totalBytes: number;
  /** By runsc's own names: Anonymous, PageCache, Mapped, System, … */
  readonly categories: Readonly<Record<string, number>>;
}

export function parseUsage(value: unknown, path = 'usage'): MemoryUsage {
  const { Total, ...rest } = expectRecord(value, path);
  const categories = Object.entries(rest).map(([name, bytes]) => [name, expectCount(bytes, `${path}.${name}`)]);
  return { totalBytes: expectCount(Total, `${path}.Total`), categories: Object.fromEntries(categories) };
}
