import type { Timestamp } from './gen/google/protobuf/timestamp.ts';

/**
 * Go's zero time. A process that still lives has exited then: containerd reads an absent timestamp as 1970, which it
 * takes for a real exit time.
 */
export const goZeroTime: Timestamp = { seconds: -62_135_596_800n, nanos: 0 };

/** Millisecond precision, as `Date` has it. */
export function timestampFromDate(date: Date): Timestamp {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}

/** `undefined` for an absent timestamp and for Go's zero time: nothing has happened yet. Cuts below the millisecond. */
export function dateFromTimestamp(timestamp: Timestamp | undefined): Date | undefined {
  if (timestamp === undefined || timestamp.seconds <= goZeroTime.seconds) return undefined;
  return new Date(Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000));
}
