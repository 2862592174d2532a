import type { Style } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly value: (row: Row, style: Style) => string;
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Columns without borders, two spaces apart, as docker and kubectl print them; the last line ends with a newline. */
export async function formatTable<Row>(
  rows: readonly Row[],
  options: { readonly columns: readonly Column<Row>[]; readonly style: Style },
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const { columns, style } = options;
  const table = new Table({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align ?? 'left'),
  });
  table.push(columns.map((column) => style.bold(column.title)));
  for (const row of rows) table.push(columns.map((column) => column.value(row, style)));
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
