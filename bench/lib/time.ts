/** How long `work` takes, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** Does `work` `count` times, `width` at a time. `slot` is 0 to `width` - 1. */
export async function inParallel(
  { count, width }: { readonly count: number; readonly width: number },
  work: (slot: number) => Promise<unknown>,
): Promise<void> {
  let left = count;
  const worker = async (_: unknown, slot: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work(slot);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
