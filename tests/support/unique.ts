import { randomBytes } from 'node:crypto';

/** A name that no other test of this machine uses: "run-3f9a1c". A valid container id, namespace and file name. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
