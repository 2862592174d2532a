import type { Comparison, FigureReport } from './report.ts';
import { number } from './table.ts';

interface Bar {
  readonly title: string;
  /** How many times better ours is; below 1 it is worse. */
  readonly gain: number;
  readonly target: number | undefined;
  readonly text: string;
  readonly missed: boolean;
}

const [width, labelWidth, barHeight, gap] = [980, 400, 16, 8];
// A logarithmic axis from an eighth to 128 times as good.
const [low, high] = [-3, 7];

/** The ratios as an SVG chart: to the right of the line ours is better, each step doubles. */
export function chart(reports: readonly FigureReport[]): string {
  const bars = reports.flatMap((report) => report.comparisons.map((comparison) => barOf(report, comparison)));
  const height = 60 + bars.length * (barHeight + gap);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="10" y="20" font-size="14" font-weight="bold">sandshim against its peers: times as good (tick: the target)</text>`,
    ...axis(height),
    ...bars.flatMap((bar, index) => drawBar(bar, 48 + index * (barHeight + gap))),
    '</svg>',
    '',
  ].join('\n');
}

function barOf({ figure, measured }: FigureReport, { runtime, ours, against, ratio, target }: Comparison): Bar {
  const good = (value: number) => (figure.better === 'less' ? 1 / value : value);
  const median = (id: string) =>
    number(measured.find(({ subject }) => subject.id === id)?.summary.median ?? Number.NaN);
  return {
    title: `${runtime}: ${figure.title}`,
    gain: good(ratio.median),
    target: target === undefined ? undefined : good(target.bound),
    text: `${median(ours)} / ${median(against)} ${figure.unit}`,
    missed: target?.reached === false,
  };
}

function axis(height: number): readonly string[] {
  return Array.from({ length: high - low + 1 }, (_, index) => {
    const factor = 2 ** (low + index);
    const x = xOf(factor);
    const colour = factor === 1 ? '#444' : '#ddd';
    const text = factor < 1 ? `1/${1 / factor}` : `${factor}`;
    return `<line x1="${x}" y1="42" x2="${x}" y2="${height - 10}" stroke="${colour}"/><text x="${x}" y="38" text-anchor="middle" fill="#666">${text}</text>`;
  });
}

function drawBar({ title, gain, target, text, missed }: Bar, y: number): readonly string[] {
  const [zero, end] = [xOf(1), xOf(gain)];
  const fill = missed ? '#c0392b' : gain >= 1 ? '#2e86ab' : '#999';
  const middle = y + barHeight - 4;
  const tick = target === undefined ? 0 : xOf(target);
  return [
    `<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escapeXml(title)}</text>`,
    `<rect x="${Math.min(zero, end)}" y="${y}" width="${Math.abs(end - zero)}" height="${barHeight}" fill="${fill}"/>`,
    ...(target === undefined
      ? []
      : [`<line x1="${tick}" y1="${y - 2}" x2="${tick}" y2="${y + barHeight + 2}" stroke="black" stroke-width="2"/>`]),
    `<text x="${Math.max(zero, end) + 6}" y="${middle}" fill="#444">${escapeXml(text)}</text>`,
  ];
}

function xOf(factor: number): number {
  const place = (Math.min(Math.max(Math.log2(factor), low), high) - low) / (high - low);
  return Math.round(labelWidth + place * (width - labelWidth - 120));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
