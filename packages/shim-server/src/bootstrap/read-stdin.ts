import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { SandshimError } from '@sandshim/runsc-client';

const maxBytes = 10 * 1024 * 1024;

/**
 * Everything on this process's stdin; nothing if it is a terminal, /dev/null or closed.
 * @throws SandshimError `resource_exhausted` for more than 10 MiB, containerd's own limit.
 */
export async function readStdin(): Promise<Uint8Array> {
  if (!hasInput()) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { bytesRead, buffer } = await promisify(read)(0, Buffer.allocUnsafe(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > maxBytes) throw new SandshimError('resource_exhausted', 'more than 10 MiB on stdin');
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function hasInput(): boolean {
  try {
    return !fstatSync(0).isCharacterDevice();
  } catch {
    // No stdin at all.
    return false;
  }
}
