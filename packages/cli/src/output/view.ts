import type { OutputMode } from './mode.ts';
import type { Style } from './style.ts';
import { type Column, formatTable } from './table.ts';

/** How one kind of row is shown in each output mode. */
export interface View<Row> {
  readonly columns: readonly Column<Row>[];
  /** What `-q` prints. */
  readonly id: (row: Row) => string;
  /** The row for programs, by `--json` and `--format`; the row itself unless given. */
  readonly data?: (row: Row) => unknown;
}

/** The text of a list in the mode that was asked for: a table, one JSON array, a line per template, or ids. */
export async function renderRows<Row>(
  rows: readonly Row[],
  options: { readonly view: View<Row>; readonly mode: OutputMode; readonly style: Style },
): Promise<string> {
  const { view, mode, style } = options;
  const data = view.data ?? ((row: Row): unknown => row);
  switch (mode.kind) {
    case 'json':
      return `${JSON.stringify(rows.map(data), null, 2)}\n`;
    case 'template':
      return rows.map((row) => `${mode.template(data(row))}\n`).join('');
    case 'quiet':
      return rows.map((row) => `${view.id(row)}\n`).join('');
    case 'table':
      return await formatTable(rows, { columns: view.columns, style });
  }
}
