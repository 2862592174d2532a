/** Everything that the sources give, as it comes, until all have ended or one has failed. */
export async function* merge<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const pending = new Map(sources.map((source) => [source, source.next()] as const));
  try {
    while (pending.size > 0) {
      const first = await Promise.race([...pending].map(async ([source, next]) => ({ source, result: await next })));
      if (first.result.done === true) {
        pending.delete(first.source);
        continue;
      }
      pending.set(first.source, first.source.next());
      yield first.result.value;
    }
  } finally {
    for (const source of pending.keys()) {
      // A source that is waiting ends with its own signal, not here.
      source.return(undefined).catch(() => undefined);
    }
  }
}
