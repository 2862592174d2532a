import { usageError } from '../errors/cli-error.ts';
import type { EventRow } from './event.ts';

const fields = ['topic', 'id', 'namespace'] as const;

/**
 * A filter of `--filter KEY=VALUE`: topic, id or namespace. Several of one key are alternatives, keys must all hold. A topic may
 * leave out `/tasks/`, an id may be the beginning of one.
 * @throws CliError `invalid_argument`
 */
export function parseEventFilter(sources: readonly string[]): (event: EventRow) => boolean {
  const wanted = new Map<(typeof fields)[number], string[]>();
  for (const source of sources) {
    const [key, ...rest] = source.split('=');
    const field = fields.find((name) => name === key);
    if (field === undefined || rest.length === 0) {
      throw usageError(`--filter ${source} is none of topic=…, id=…, namespace=…`, { verb: 'events' });
    }
    wanted.set(field, [...(wanted.get(field) ?? []), rest.join('=')]);
  }
  return (event) => [...wanted].every(([field, values]) => values.some((value) => matches(event, { field, value })));
}

function matches(
  event: EventRow,
  { field, value }: { readonly field: (typeof fields)[number]; readonly value: string },
): boolean {
  if (field === 'topic') return event.topic === value || event.topic === `/tasks/${value}`;
  return field === 'id' ? event.id.startsWith(value) : event.namespace === value;
}
