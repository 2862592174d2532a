import { mkdir } from 'node:fs/promises';
import { SandshimError } from '@sandshim/runsc-client';
import { usageError } from '../errors/cli-error.ts';
import { containerdEvents } from '../events/containerd-events.ts';
import type { EventRow } from '../events/event.ts';
import { parseEventFilter } from '../events/filter.ts';
import { journalEvents, journalPath } from '../events/journal.ts';
import { merge } from '../events/merge.ts';
import { type OutputMode, parseOutputMode } from '../output/mode.ts';
import type { Style } from '../output/style.ts';
import type { Action, Cli } from '../program/cli.ts';
import { negated, parseDurationMs, text, texts } from '../program/options.ts';
import { resolveScope } from '../tasks/scope.ts';

/** `sandshim events`: what happens to containers, from containerd and from sandshim's own journal, a line each. */
export const events: Action = async (cli, invocation) => {
  const { options } = invocation;
  const mode = parseOutputMode(options);
  const { locations, namespace } = resolveScope(cli, invocation);
  const wanted = parseEventFilter(texts(options, 'filter'));
  const since = parseSince(text(options, 'since'), cli.now());
  const follow = !negated(options, 'follow');
  const controller = new AbortController();
  using _signals = cli.takeSignals((signal) => {
    if (signal !== 'SIGWINCH' && signal !== 'SIGCONT') controller.abort();
  });
  const { signal } = controller;
  if (follow) await mkdir(locations.root, { recursive: true, mode: 0o711 });
  const journal = journalEvents(journalPath(locations.root), { since, follow, signal });
  const live = follow ? [fromContainerd(cli, { socket: locations.containerdSocket, signal })] : [];
  for await (const event of merge([journal, ...live])) {
    const inScope = namespace === undefined || event.namespace === namespace;
    if (inScope && wanted(event)) cli.stdout.write(formatEvent(event, { mode, style: cli.style }));
  }
  return 0;
};

// sandshim's own containers go on without containerd, and so do their events.
async function* fromContainerd(
  cli: Cli,
  { socket, signal }: { readonly socket: string; readonly signal: AbortSignal },
): AsyncGenerator<EventRow> {
  try {
    yield* containerdEvents(socket, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!SandshimError.is(error) || error.code !== 'unavailable') throw error;
    const known = await cli.host.info(socket);
    if (known !== undefined)
      cli.stderr.write(`containerd does not answer on ${socket}: only sandshim's own events follow\n`);
  }
}

/** `--since`: a time, or how long ago. */
export function parseSince(value: string | undefined, now: Date): Date | undefined {
  if (value === undefined) return undefined;
  const ago = parseDurationMs(value);
  const time = ago === undefined ? new Date(value) : new Date(now.getTime() - ago);
  if (Number.isNaN(time.getTime())) {
    throw usageError(`--since ${JSON.stringify(value)} is neither a time (2026-01-31T08:00:00Z) nor a duration (10m)`);
  }
  return time;
}

function formatEvent(event: EventRow, { mode, style }: { readonly mode: OutputMode; readonly style: Style }): string {
  switch (mode.kind) {
    case 'json':
      return `${JSON.stringify(event, plainNumbers)}\n`;
    case 'template':
      return `${mode.template(event)}\n`;
    case 'quiet':
      return `${event.id}\n`;
    case 'table': {
      const details = Object.entries(event.details).filter(([, value]) => value !== '' && !isEmptyList(value));
      const text = details.map(([key, value]) => `${key}=${shortValue(value)}`).join(' ');
      const time = style.dim(event.time.toISOString());
      return `${time} ${event.namespace} ${style.bold(event.topic)} ${event.id} ${text}`.trimEnd().concat('\n');
    }
  }
}

function shortValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value, plainNumbers) : String(value);
}

function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
