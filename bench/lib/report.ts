import type { Figures } from './alternate.ts';
import type { FigureSpec, Row } from './row.ts';
import type { Subject } from './subject.ts';
import { pairedRatio, type Summary, summarize } from './summary.ts';

/** One figure of one subject. */
export interface Measured {
  readonly subject: Subject;
  readonly samples: readonly number[];
  readonly summary: Summary;
}

/** Ours against a peer's, and against the bound that was set. */
export interface Comparison {
  readonly runtime: Subject['runtime'];
  readonly ours: string;
  readonly against: string;
  readonly ratio: Summary;
  readonly target?: { readonly bound: number; readonly reached: boolean };
}

/** One figure with all who were measured. */
export interface FigureReport {
  readonly row: string;
  readonly figure: FigureSpec;
  readonly measured: readonly Measured[];
  readonly comparisons: readonly Comparison[];
}

export interface RowOutcome {
  readonly row: Row;
  readonly subjects: readonly Subject[];
  /** What each subject's counted runs gave. */
  readonly runs: readonly (readonly Figures[])[];
}

export function reportRow({ row, subjects, runs }: RowOutcome): readonly FigureReport[] {
  return row.figures.map((figure) => {
    const measured = subjects.map((subject, index): Measured => {
      const samples = (runs[index] ?? []).map((figures) => figures[figure.id] ?? Number.NaN);
      return { subject, samples, summary: summarize(samples) };
    });
    const comparisons = (['runsc', 'runc'] as const).flatMap((runtime) => compare(figure, { runtime, measured }));
    return { row: row.id, figure, measured, comparisons };
  });
}

/** With the peer, or as long as that is not at hand with what stands for it. */
function compare(
  figure: FigureSpec,
  { runtime, measured }: { readonly runtime: Subject['runtime']; readonly measured: readonly Measured[] },
): readonly Comparison[] {
  const of = (role: Subject['role']) =>
    measured.filter(({ subject }) => subject.runtime === runtime && subject.role === role);
  const peers = of('peer');
  const { standIn = 'stand-in' } = figure;
  const standIns = standIn === 'none' ? [] : of(standIn);
  const pairs = of('ours').flatMap((ours) => (peers.length > 0 ? peers : standIns).map((peer) => ({ ours, peer })));
  return pairs.map(({ ours, peer }): Comparison => {
    const ratio = pairedRatio(ours.samples, peer.samples);
    const bound = figure.target?.[ours.subject.id];
    const reached = figure.better === 'less' ? ratio.median <= (bound ?? 0) : ratio.median >= (bound ?? 0);
    return {
      ...{ runtime, ours: ours.subject.id, against: peer.subject.id, ratio },
      ...(bound === undefined ? {} : { target: { bound, reached } }),
    };
  });
}
