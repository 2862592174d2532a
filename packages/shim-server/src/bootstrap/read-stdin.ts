import { fstatSync, read } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SandshimError } from '@sandshim/runsc-client';

const maxBytes = 10 * 1024 * 1024;
const chunkBytes = 65_536;
const pollMs = 5;

/**
 * Everything on this process's stdin, or on `fd` in its place; nothing if that is a terminal, /dev/null or closed.
 * @throws SandshimError `resource_exhausted` for more than 10 MiB, containerd's own limit.
 */
export async function readStdin(fd = 0): Promise<Uint8Array> {
  if (!hasInput(fd)) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = await readChunk(fd);
    if (chunk.length === 0) return Buffer.concat(chunks);
    total += chunk.length;
    if (total > maxBytes) throw new SandshimError('resource_exhausted', 'more than 10 MiB on stdin');
    chunks.push(chunk);
  }
}

async function readChunk(fd: number): Promise<Uint8Array> {
  for (;;) {
    try {
      const { bytesRead, buffer } = await promisify(read)(fd, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      // Whoever started us shares a pipe with us that does not block.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await sleep(pollMs);
    }
  }
}

function hasInput(fd: number): boolean {
  try {
    return !fstatSync(fd).isCharacterDevice();
  } catch {
    // No stdin at all.
    return false;
  }
}
