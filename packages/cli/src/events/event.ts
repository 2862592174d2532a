import {
  type Any,
  anyTypeName,
  dateFromTimestamp,
  type Envelope,
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
} from '@sandshim/shim-server/api';

/** What happened to a container. Field names are those of `--format` and `--filter`. */
export interface EventRow {
  readonly time: Date;
  readonly namespace: string;
  /** `/tasks/exit`. */
  readonly topic: string;
  /** The container's id; empty for an event that is not a container's. */
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface EventCodec {
  readonly $type: string;
  decode(bytes: Uint8Array): object;
}

const codecs: readonly EventCodec[] = [
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
];

/** The event in an envelope. Of a kind that sandshim does not know, only topic and type are told. */
export function eventFromEnvelope(envelope: Envelope): EventRow {
  const { containerId, ...details } = decodeEvent(envelope.event);
  return {
    time: dateFromTimestamp(envelope.timestamp) ?? new Date(0),
    namespace: envelope.namespace,
    topic: envelope.topic,
    id: typeof containerId === 'string' ? containerId : '',
    details,
  };
}

function decodeEvent(event: Any | undefined): Readonly<Record<string, unknown>> {
  if (event === undefined) return {};
  const name = anyTypeName(event);
  const codec = codecs.find(({ $type }) => $type === name);
  if (codec === undefined) return { type: name };
  const message = Object.entries(codec.decode(event.value));
  return Object.fromEntries(
    message.map(([key, value]) => [key, key.endsWith('At') ? dateFromTimestamp(value) : value]),
  );
}
