import { availableParallelism } from 'node:os';
import { type CopyKind, copyKinds } from './copy-under-test.ts';

/** One line of the report: one figure, measured for several kinds of copies. */
export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly measure: 'throughput' | 'latency' | 'idle';
  readonly figure: string;
  readonly kinds: readonly CopyKind[];
  readonly streams: number;
  /** MiB, lines, or ms: what the measure takes. */
  readonly amount: number;
}

const throughput = (streams: number, mib: number): Row[] => [
  {
    title: `throughput, ${streams} stream${streams === 1 ? '' : 's'}`,
    unit: 'MiB/s',
    better: 'higher',
    figure: 'mibPerSecond',
    ...{ measure: 'throughput', kinds: copyKinds, streams, amount: mib },
  },
  {
    title: `CPU per GiB, ${streams} stream${streams === 1 ? '' : 's'}`,
    unit: 'ms',
    better: 'lower',
    figure: 'cpuMsPerGib',
    // With many streams a shell's own count of its child's time is too coarse.
    kinds: streams < 100 ? copyKinds : copyKinds.filter((kind) => kind !== 'cat'),
    ...{ measure: 'throughput', streams, amount: mib },
  },
];

const inOneProcess = copyKinds.filter((kind) => kind !== 'cat');

/** What is measured; `quick` moves a sixteenth. */
export function rows({ quick }: { readonly quick: boolean }): readonly Row[] {
  const share = quick ? 16 : 1;
  const mib = 1024 / share;
  return [
    ...throughput(1, mib),
    ...throughput(10, mib),
    // More at once, so that starting two hundred programs does not show.
    ...throughput(100, 3 * mib),
    {
      title: 'one line, median',
      unit: 'µs',
      better: 'lower',
      figure: 'medianUs',
      ...{ measure: 'latency', kinds: copyKinds, streams: 1, amount: quick ? 200 : 1000 },
    },
    {
      title: 'one line, 99 of 100',
      unit: 'µs',
      better: 'lower',
      figure: 'p99Us',
      ...{ measure: 'latency', kinds: copyKinds, streams: 1, amount: quick ? 200 : 1000 },
    },
    {
      title: 'CPU of 100 idle streams',
      unit: 'ms/s',
      better: 'lower',
      figure: 'cpuMsPerSecond',
      ...{ measure: 'idle', kinds: inOneProcess, streams: 100, amount: 1000 },
    },
    {
      title: 'threads of 100 idle streams',
      unit: '',
      better: 'lower',
      figure: 'threads',
      ...{ measure: 'idle', kinds: inOneProcess, streams: 100, amount: 1000 },
    },
  ];
}

/** What the figures were taken on. */
export function machine(): string {
  return `${availableParallelism()} cores, ${process.arch}, Node.js ${process.versions.node}`;
}
