import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';

/** `1.5 MiB`. */
export function humanBytes(bytes: number): string {
  return prettyBytes(bytes, { binary: true, maximumFractionDigits: 1 });
}

/** `3 minutes ago`, in its largest unit alone; `just now` below a second. */
export function humanAge(from: Date, now: Date): string {
  const ms = now.getTime() - from.getTime();
  return ms < 1000 ? 'just now' : `${prettyMs(ms, { compact: true, verbose: true })} ago`;
}
