import { execTable } from './exec-table.ts';
import { runcInitTable, runscInitTable } from './init-table.ts';
import type { Cell, StateTable } from './table.ts';

/** The state tables as ARCHITECTURE.md shows them. */
export function stateTablesMarkdown(): string {
  return [
    section('Init process, runc', runcInitTable),
    section('Init process, runsc: what differs', runscInitTable, runcInitTable),
    section('Exec, both runtimes', execTable),
    [
      '`→` leads to another state, `yes` is done and changes none, `done` is answered without doing anything, `no` is refused.',
      '`end` is a kill with SIGTERM or SIGKILL, `kill` one with any other signal.',
    ].join('\n'),
  ].join('\n\n');
}

type AnyTable = StateTable<string, string>;

function section(title: string, table: AnyTable, base?: AnyTable): string {
  const states = Object.keys(table);
  const operations = Object.keys(Object.values(table)[0] ?? {});
  const differs = (state: string, operation: string): boolean =>
    base === undefined ||
    shown(cellOf(base, state, operation), state) !== shown(cellOf(table, state, operation), state);
  const rows = operations
    .filter((operation) => states.some((state) => differs(state, operation)))
    .map((operation) => [
      `\`${operation}\``,
      ...states.map((state) => (differs(state, operation) ? short(cellOf(table, state, operation), state) : '')),
    ]);
  const refusals = operations.flatMap((operation) =>
    states.flatMap((state) => {
      const cell = cellOf(table, state, operation);
      // Nobody asks for what only happens: no words for that.
      return cell.is === 'refused' && cell.code !== 'internal' && differs(state, operation)
        ? [{ operation, state, cell }]
        : [];
    }),
  );
  const words = refusals.map(
    ({ operation, state, cell }) => `| \`${operation}\` | ${state} | ${cell.text} | \`${cell.code}\` |`,
  );
  return [
    `### ${title}`,
    '',
    line(['', ...states]),
    line(['---', ...states.map(() => '---')]),
    ...rows.map(line),
    '',
    '<details><summary>What the refusals say</summary>',
    '',
    '| asked | in | answer | code |',
    '| --- | --- | --- | --- |',
    ...words,
    '',
    '</details>',
  ].join('\n');
}

function cellOf(table: AnyTable, state: string, operation: string): Cell<string> {
  const cell = table[state]?.[operation];
  if (cell === undefined) throw new TypeError(`the table has no ${operation} in ${state}`);
  return cell;
}

function short(cell: Cell<string>, state: string): string {
  if (cell.is === 'refused') return 'no';
  if (cell.is === 'already') return 'done';
  return cell.next === state ? 'yes' : `→ ${cell.next}`;
}

function shown(cell: Cell<string>, state: string): string {
  return cell.is === 'refused' ? `${cell.code} ${cell.text}` : short(cell, state);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
