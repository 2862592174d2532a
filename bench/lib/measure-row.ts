import { alternate, type Probe } from './alternate.ts';
import { type FigureReport, reportRow } from './report.ts';
import type { Row } from './row.ts';
import { endSpares, spareReady } from './spares.ts';
import type { Subject } from './subject.ts';

export interface MeasureOptions {
  readonly subjects: readonly Subject[];
  readonly runs: number;
  readonly signal?: AbortSignal;
}

/** Opens a row's probes, measures them in turn and closes them. */
export async function measureRow(
  row: Row,
  { subjects, runs, signal }: MeasureOptions,
): Promise<readonly FigureReport[]> {
  await using stack = new AsyncDisposableStack();
  const opened: { readonly subject: Subject; readonly probe: Probe }[] = [];
  for (const subject of subjects) {
    signal?.throwIfAborted();
    if (subject.spares !== undefined && row.withSpares !== true) continue;
    const probe = await row.open(subject);
    if (probe !== undefined) opened.push({ subject, probe: stack.use(withSpares(probe, subject)) });
  }
  if (opened.length === 0) return [];
  const measured = await alternate(
    opened.map(({ probe }) => probe),
    { runs: row.runs ?? runs, warmUps: row.warmUps ?? 2, ...(signal && { signal }) },
  );
  return reportRow({ row, subjects: opened.map(({ subject }) => subject), runs: measured });
}

/** A subject that has spares has one at the start of each run, and does not boot it while another is measured. */
function withSpares(probe: Probe, subject: Subject): Probe {
  return {
    measure: async () => {
      const figures = await probe.measure();
      await spareReady(subject);
      return figures;
    },
    [Symbol.asyncDispose]: async () => {
      await probe[Symbol.asyncDispose]();
      await endSpares(subject);
    },
  };
}
