/** A piece of a container's output, as the log has it: a whole line, or the beginning of one whose rest follows. */
export interface LogPiece {
  readonly time: Date;
  readonly stream: 'stdout' | 'stderr';
  /** Whether the line goes on in the next piece of the same stream. */
  readonly partial: boolean;
  readonly bytes: Buffer;
}

const newline = 0x0a;

/**
 * Output as lines of a log, in the format of Kubernetes' container logs: time, stream, F (full) or P (partial), text. What is not a whole
 * line yet is written at once as a partial one, so that a prompt is seen when it is printed.
 */
export function encodeLog(stream: 'stdout' | 'stderr', chunk: Uint8Array, now: Date): Buffer {
  const parts: Buffer[] = [];
  const head = `${now.toISOString()} ${stream}`;
  const source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let from = 0; from < source.length; ) {
    const at = source.indexOf(newline, from);
    const end = at < 0 ? source.length : at;
    parts.push(Buffer.from(`${head} ${at < 0 ? 'P' : 'F'} `), source.subarray(from, end), Buffer.from('\n'));
    from = end + 1;
  }
  return Buffer.concat(parts);
}

/** Reads a line of a log; `undefined` for one that is none, such as one cut off by a full disk. */
export function parseLogLine(line: Buffer): LogPiece | undefined {
  const match = /^(\S+) (stdout|stderr) ([FP]) /.exec(line.toString('latin1', 0, 64));
  if (match === null) return undefined;
  const [head, timestamp = '', stream, tag] = match;
  const time = new Date(timestamp);
  if (Number.isNaN(time.getTime())) return undefined;
  return {
    time,
    stream: stream === 'stderr' ? 'stderr' : 'stdout',
    partial: tag === 'P',
    bytes: line.subarray(head.length),
  };
}

/** What the process wrote: the bytes, and the newline of a full line. */
export function outputOf(piece: LogPiece): Buffer {
  return piece.partial ? piece.bytes : Buffer.concat([piece.bytes, Buffer.from('\n')]);
}
