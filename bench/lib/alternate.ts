/** What one run gave: figures by their ids. */
export type Figures = Readonly<Record<string, number>>;

/** One thing that is measured, opened and warm. */
export interface Probe extends AsyncDisposable {
  measure(): Promise<Figures>;
}

export interface AlternateOptions {
  /** Counted runs per probe. */
  readonly runs: number;
  /** Runs before that, which do not count. */
  readonly warmUps: number;
  /** Aborting ends it before the next run, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Measures all probes in turn, A B A B …, so that what the machine does meanwhile touches all of them alike. Answers, for
 * each probe, what its counted runs gave.
 */
export async function alternate(
  probes: readonly Probe[],
  { runs, warmUps, signal }: AlternateOptions,
): Promise<readonly (readonly Figures[])[]> {
  const measured = probes.map((probe) => ({ probe, figures: [] as Figures[] }));
  for (let round = -warmUps; round < runs; round += 1) {
    for (const { probe, figures } of measured) {
      signal?.throwIfAborted();
      const each = await probe.measure();
      if (round >= 0) figures.push(each);
    }
  }
  return measured.map(({ figures }) => figures);
}
