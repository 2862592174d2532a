import { usageError } from '../errors/cli-error.ts';

/** Renders one row. */
export type Template = (row: unknown) => string;

const placeholder = /\{\{\s*(json\s+)?((?:\.[A-Za-z_][A-Za-z0-9_]*)+|\.)\s*\}\}/g;

/**
 * The part of docker's `--format` that people use: `{{.Id}}`, nested `{{.Labels.app}}`, `{{json .}}`, `{{json .Field}}`, and the
 * escapes \t and \n. Field names are matched without regard to case, so that docker's habits work; a field
 * that a row does not have is an empty text.
 * @throws CliError `invalid_argument` for any other `{{…}}`.
 */
export function parseTemplate(source: string): Template {
  const left = source.replace(placeholder, '');
  const bad = /\{\{[^}]*(?:\}\})?|\}\}/.exec(left);
  if (bad !== null) throw usageError(`--format: cannot read ${bad[0]}; use {{.Field}}, {{json .}} or {{json .Field}}`);
  const text = source.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  return (row) =>
    text.replace(placeholder, (_match, json: string | undefined, path: string) => {
      const value = path === '.' ? row : lookUp(row, path.slice(1).split('.'));
      return json === undefined ? asText(value) : (JSON.stringify(value) ?? 'null');
    });
}

function lookUp(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const entry = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry === undefined ? undefined : lookUp(entry[1], rest);
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
