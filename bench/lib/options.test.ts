import { expect, it } from 'vitest';
import { parseBenchOptions } from './options.ts';

it('measures everything ten times unless told otherwise', () => {
  expect(parseBenchOptions([])).toEqual({
    ...{ json: undefined, svg: undefined, rows: [], subjects: [], runs: 10, settleMs: 5_000, peers: [] },
  });
});

it('takes rows, runs, files and peers', () => {
  const args = ['--rows', 'start,exec', '--runs', '3', '--json', 'a.json', '--peer', 'go=/opt/x=y', '--peer', 'b=/b'];
  expect(parseBenchOptions(args)).toMatchObject({
    rows: ['start', 'exec'],
    runs: 3,
    json: 'a.json',
    peers: [
      { name: 'go', path: '/opt/x=y' },
      { name: 'b', path: '/b' },
    ],
  });
});

it.each([
  ['--runs', '0'],
  ['--runs', 'many'],
  ['--settle', '-1'],
  ['--peer', 'nowhere'],
  ['--peer', '=x'],
  ['--unknown', 'x'],
])('refuses %s %s', (...args) => {
  expect(() => parseBenchOptions([args.join('=')])).toThrow();
});
