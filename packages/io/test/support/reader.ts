import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';

/** What came out of a fifo until its end. */
export interface Heard {
  readonly bytes: number;
  readonly sha256: string;
  readonly text: string;
}

/** Reads a fifo to its end as a client does: another process, opening it blocking. */
export function listen(path: string): Promise<Heard> {
  const child = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    if (bytes < 65_536) head.push(chunk);
    bytes += chunk.byteLength;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve({ bytes, sha256: hash.digest('hex'), text: Buffer.concat(head).toString() }));
  });
}
