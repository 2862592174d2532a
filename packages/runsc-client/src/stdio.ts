import type { Fd } from './ids.ts';

/**
 * What a container process gets as its descriptors 0, 1 and 2. A descriptor stays the caller's: the client neither
 * closes it nor changes its flags, and needs it only until the command's promise settles. `null` means /dev/null.
 * The container inherits these through the runtime's own stdio, so use real pipes, fifos or files: a socket pair
 * cannot be re-opened through /dev/stdout.
 */
export interface RuntimeStdio {
  readonly stdin: Fd | null;
  readonly stdout: Fd | null;
  readonly stderr: Fd | null;
}
