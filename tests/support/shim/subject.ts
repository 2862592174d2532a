import { join } from 'node:path';
import { binFolder } from '../../../scripts/lib/paths.ts';

/** A shim program under test, and the runtime that it drives. */
export interface ShimSubject {
  readonly name: string;
  readonly binary: string;
  readonly runtime: 'runsc' | 'runc';
  /** A program of others: what it does differently is listed in differences.ts. */
  readonly oracle: boolean;
}

export const ourRunsc: ShimSubject = {
  name: 'sandshim with runsc',
  binary: join(binFolder, 'containerd-shim-runsc-v1'),
  runtime: 'runsc',
  oracle: false,
};

export const ourRunc: ShimSubject = {
  name: 'sandshim with runc',
  binary: join(binFolder, 'containerd-shim-sandshim-runc-v2'),
  runtime: 'runc',
  oracle: false,
};

/** Debian's containerd-shim-runc-v2, written in Go. */
export const goRunc: ShimSubject = {
  name: 'the Go shim with runc',
  binary: '/usr/bin/containerd-shim-runc-v2',
  runtime: 'runc',
  oracle: true,
};
