import { usageError } from '../errors/cli-error.ts';
import { parseTemplate, type Template } from './template.ts';

/** How a verb shows what it found. */
export type OutputMode =
  | { readonly kind: 'table' }
  | { readonly kind: 'json' }
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'quiet' };

/**
 * The mode that `--json`, `--format` and `-q` ask for. `--format json` and `--format table` are accepted as docker has them.
 * @throws CliError `invalid_argument` when two of them are given, or the template does not parse.
 */
export function parseOutputMode(options: Readonly<Record<string, unknown>>): OutputMode {
  const format = typeof options['format'] === 'string' ? options['format'] : undefined;
  const asked = [options['json'] === true, format !== undefined, options['quiet'] === true].filter(Boolean).length;
  if (asked > 1) throw usageError('--json, --format and --quiet exclude one another');
  if (options['json'] === true || format === 'json') return { kind: 'json' };
  if (options['quiet'] === true) return { kind: 'quiet' };
  if (format === undefined || format === 'table') return { kind: 'table' };
  return { kind: 'template', template: parseTemplate(format) };
}
