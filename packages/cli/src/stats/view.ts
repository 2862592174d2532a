import { humanBytes } from '../output/humanise.ts';
import type { Style } from '../output/style.ts';
import type { View } from '../output/view.ts';
import type { StatsRow } from './sample.ts';

const barWidth = 10;
const none = '-';

/** The table of `sandshim stats`. `cores` is what 100 % of the CPU bar stands for. */
export function statsView(cores: number): View<StatsRow> {
  return {
    id: ({ id }) => id,
    columns: [
      { title: 'ID', value: ({ id }) => id },
      {
        title: 'CPU',
        value: ({ cpuPercent }, style) =>
          cpuPercent === undefined
            ? none
            : `${bar(cpuPercent / 100 / cores, style)} ${cpuPercent.toFixed(1).padStart(5)} %`,
      },
      { title: 'MEMORY', value: ({ usage }, style) => (usage === undefined ? none : memoryCell(usage, style)) },
      {
        title: 'PIDS',
        align: 'right',
        value: ({ usage }) => (usage === undefined ? none : of(usage.pids, usage.pidsLimit)),
      },
      { title: 'IO R / W', value: ({ usage }) => pair(usage?.readBytes, usage?.writtenBytes) },
      { title: 'NET R / T', value: ({ usage }) => pair(usage?.receivedBytes, usage?.sentBytes) },
    ],
  };
}

function memoryCell(usage: NonNullable<StatsRow['usage']>, style: Style): string {
  const { memory, memoryLimit } = usage;
  if (memoryLimit === undefined) return humanBytes(memory);
  return `${bar(memory / memoryLimit, style)} ${humanBytes(memory)} / ${humanBytes(memoryLimit)}`;
}

/** `███░░░░░░░`: green below 60 %, yellow below 85 %, red above. */
export function bar(share: number, style: Style): string {
  const bounded = Math.min(1, Math.max(0, share));
  const full = Math.round(bounded * barWidth);
  const paint = bounded < 0.6 ? style.green : bounded < 0.85 ? style.yellow : style.red;
  return `${paint('█'.repeat(full))}${style.dim('░'.repeat(barWidth - full))}`;
}

function of(value: number, limit: number | undefined): string {
  return limit === undefined ? String(value) : `${value} / ${limit}`;
}

function pair(first: number | undefined, second: number | undefined): string {
  return first === undefined || second === undefined ? none : `${humanBytes(first)} / ${humanBytes(second)}`;
}
