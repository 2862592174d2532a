import type { Comparison, FigureReport, Measured } from './report.ts';

/** The figures as lines of a terminal: who, median, spread, ratio, target. */
export function formatFigure({ figure, measured, comparisons }: FigureReport): string {
  const lines = measured.map((each) => {
    const found = comparisons.find(({ ours }) => ours === each.subject.id);
    return [name(each), spread(each), found === undefined ? '' : verdict(found)].join('  ').trimEnd();
  });
  return [`${figure.title} (${figure.unit}, ${figure.better} is better)`, ...lines, ''].join('\n');
}

function name({ subject: { runtime, label } }: Measured): string {
  return `  ${runtime.padEnd(5)}  ${label.padEnd(30)}`;
}

function spread({ summary: { median, min, max, runs } }: Measured): string {
  return `${number(median).padStart(8)}  ${`[${number(min)}..${number(max)}]`.padEnd(20)} ${runs}x`.padEnd(36);
}

function verdict({ against, ratio, target }: Comparison): string {
  const text = `${ratio.median.toFixed(2)} of ${against} [${ratio.min.toFixed(2)}..${ratio.max.toFixed(2)}]`;
  return target === undefined ? text : `${text}  target ${target.bound}: ${target.reached ? 'reached' : 'MISSED'}`;
}

/** Three digits that count. */
export function number(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
