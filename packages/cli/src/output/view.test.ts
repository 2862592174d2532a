import { describe, expect, it } from 'vitest';
import { parseOutputMode } from './mode.ts';
import { createStyle } from './style.ts';
import { renderRows, type View } from './view.ts';

interface Row {
  readonly id: string;
  readonly size: number;
}

const view: View<Row> = {
  id: ({ id }) => id,
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'SIZE', align: 'right', value: ({ size }, style) => style.red(String(size)) },
  ],
};
const rows: readonly Row[] = [
  { id: 'a', size: 5 },
  { id: 'longer', size: 1000 },
];
const plain = createStyle({ isTTY: false }, {});

describe('a list', () => {
  it('is a table without borders or trailing spaces', async () => {
    const text = await renderRows(rows, { view, mode: parseOutputMode({}), style: plain });
    expect(text).toBe('ID      SIZE\na          5\nlonger  1000\n');
  });

  it('shows its head when it is empty', async () => {
    expect(await renderRows([], { view, mode: parseOutputMode({}), style: plain })).toBe('ID  SIZE\n');
  });

  it('is one JSON array, ids, or a line per template', async () => {
    const as = (options: Record<string, unknown>) =>
      renderRows(rows, { view, mode: parseOutputMode(options), style: plain });
    expect(JSON.parse(await as({ json: true }))).toEqual(rows);
    expect(await as({ quiet: true })).toBe('a\nlonger\n');
    expect(await as({ format: '{{.id}}={{.size}}' })).toBe('a=5\nlonger=1000\n');
  });

  it('has colours on a terminal, and none with NO_COLOR', async () => {
    const text = (env: Record<string, string>) =>
      renderRows(rows, { view, mode: parseOutputMode({}), style: createStyle({ isTTY: true }, env) });
    expect(await text({})).toContain('\u001b[31m5\u001b[39m');
    expect(await text({ NO_COLOR: '1' })).not.toContain('\u001b');
    expect(await text({ TERM: 'dumb' })).not.toContain('\u001b');
  });
});
