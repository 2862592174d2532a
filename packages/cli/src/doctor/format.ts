import type { Style } from '../output/style.ts';
import type { View } from '../output/view.ts';
import type { Verdict } from './check.ts';
import type { Examined } from './examine.ts';

/** One finding, for programs. */
export interface FindingRow {
  readonly check: string;
  readonly verdict: Verdict;
  readonly detail: string;
  readonly advice?: string;
  /** Whether `--fix` mends it. */
  readonly fixable: boolean;
}

export const findingView: View<FindingRow> = {
  id: ({ check }) => check,
  columns: [
    { title: 'CHECK', value: ({ check }) => check },
    { title: 'VERDICT', value: ({ verdict }) => verdict },
    { title: 'DETAIL', value: ({ detail }) => detail },
  ],
};

export function findingRows(examined: readonly Examined[]): readonly FindingRow[] {
  return examined.flatMap(({ id, findings }) =>
    findings.map((finding) => ({
      check: id,
      verdict: finding.verdict,
      detail: finding.detail,
      ...(finding.verdict === 'ok' ? {} : { advice: finding.advice }),
      fixable: finding.verdict !== 'ok' && finding.fix !== undefined,
    })),
  );
}

const marks: Readonly<Record<Verdict, string>> = { ok: '✓', warn: '!', fail: '✗' };

/** For people: a line per finding, the advice below it, and the sum. */
export function formatExamined(examined: readonly Examined[], style: Style): string {
  const paint: Readonly<Record<Verdict, (text: string) => string>> = {
    ok: style.green,
    warn: style.yellow,
    fail: style.red,
  };
  const width = Math.max(0, ...examined.filter(({ findings }) => findings.length > 0).map(({ title }) => title.length));
  const lines: string[] = [];
  const count = { ok: 0, warn: 0, fail: 0 };
  for (const { title, findings } of examined) {
    for (const finding of findings) {
      count[finding.verdict] += 1;
      lines.push(`${paint[finding.verdict](marks[finding.verdict])} ${title.padEnd(width)}  ${finding.detail}`);
      if (finding.verdict === 'ok') continue;
      const fixable = finding.fix === undefined ? '' : style.dim('  (doctor --fix does it)');
      lines.push(`  ${''.padEnd(width)}  ${style.cyan('→')} ${finding.advice}${fixable}`);
    }
  }
  lines.push(sum(count, style));
  return `${lines.join('\n')}\n`;
}

function sum(count: Readonly<Record<Verdict, number>>, style: Style): string {
  if (count.warn + count.fail === 0) return style.green('\nEverything is well.');
  const parts = [
    count.fail === 0 ? '' : style.red(`${count.fail} to mend`),
    count.warn === 0 ? '' : style.yellow(`${count.warn} to know about`),
  ];
  return `\n${parts.filter(Boolean).join(', ')}.`;
}
