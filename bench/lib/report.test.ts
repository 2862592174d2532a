import { describe, expect, it } from 'vitest';
import { reportRow } from './report.ts';
import type { FigureSpec, Row } from './row.ts';
import type { Subject } from './subject.ts';

function subject(id: string, role: Subject['role']): Subject {
  return { id, label: id, runtime: 'runsc', role, binary: '', env: {} };
}

function report(better: FigureSpec['better'], measured: readonly (readonly [Subject, readonly number[]])[]) {
  const figure: FigureSpec = { id: 'f', title: 'f', unit: 'ms', better, target: { ours: 0.5 } };
  const row: Row = { id: 'row', figures: [figure], open: async () => undefined };
  const subjects = measured.map(([who]) => who);
  const runs = measured.map(([, samples]) => samples.map((f) => ({ f })));
  return reportRow({ row, subjects, runs })[0];
}

const [ours, standIn, peer] = [subject('ours', 'ours'), subject('off', 'stand-in'), subject('go', 'peer')];

describe('a comparison', () => {
  it('is with what stands for the peer only while that is not at hand', () => {
    const without = report('less', [
      [ours, [1]],
      [standIn, [4]],
    ]);
    expect(without?.comparisons).toMatchObject([{ against: 'off', ratio: { median: 0.25 } }]);
    const withPeer = report('less', [
      [ours, [1]],
      [standIn, [4]],
      [peer, [5]],
    ]);
    expect(withPeer?.comparisons).toMatchObject([{ against: 'go', ratio: { median: 0.2 } }]);
  });

  it('is with the runtime alone where the stand-in does not do as the peer does', () => {
    const figure: FigureSpec = { id: 'f', title: 'f', unit: 'ms', better: 'less', standIn: 'floor' };
    const row: Row = { id: 'row', figures: [figure], open: async () => undefined };
    const subjects = [ours, standIn, subject('runsc', 'floor')];
    const [state] = reportRow({ row, subjects, runs: [[{ f: 1 }], [{ f: 1 }], [{ f: 50 }]] });
    expect(state?.comparisons).toMatchObject([{ against: 'runsc', ratio: { median: 0.02 } }]);
  });

  it('pairs the runs that were made side by side', () => {
    const slowing = report('less', [
      [ours, [1, 10, 100]],
      [standIn, [2, 20, 200]],
    ]);
    expect(slowing?.comparisons).toMatchObject([{ ratio: { median: 0.5, min: 0.5, max: 0.5 } }]);
  });

  it('says whether the target is reached, in the direction that is better', () => {
    const of = (better: FigureSpec['better'], mine: number) =>
      report(better, [
        [ours, [mine]],
        [standIn, [10]],
      ])?.comparisons[0]?.target;
    expect(of('less', 5)).toEqual({ bound: 0.5, reached: true });
    expect(of('less', 6)).toEqual({ bound: 0.5, reached: false });
    expect(of('more', 5)).toEqual({ bound: 0.5, reached: true });
    expect(of('more', 4)).toEqual({ bound: 0.5, reached: false });
  });

  it('is not made where only others were measured', () => {
    expect(report('less', [[peer, [1]]])?.comparisons).toEqual([]);
  });
});

it('gives median and spread of what was measured', () => {
  expect(report('less', [[ours, [4, 1, 3, 2]]])?.measured[0]?.summary).toEqual({
    runs: 4,
    median: 2.5,
    min: 1,
    max: 4,
  });
});
