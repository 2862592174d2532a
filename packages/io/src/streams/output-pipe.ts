import type { Fd } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';

/** Whose a pipe is, so that a process may open it again through /dev/stdout. */
export interface PipeOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A blocking pipe for a process's output. @throws SystemError; then nothing stays open */
export function openOutputPipe(sys: Sys, owner: PipeOwner | undefined): { readonly read: Fd; readonly write: Fd } {
  return openOwnedPipe(sys, owner, 'write');
}

/** A blocking pipe for a process's input. @throws SystemError; then nothing stays open */
export function openInputPipe(sys: Sys, owner: PipeOwner | undefined): { readonly read: Fd; readonly write: Fd } {
  return openOwnedPipe(sys, owner, 'read');
}

function openOwnedPipe(sys: Sys, owner: PipeOwner | undefined, side: 'read' | 'write') {
  const pipe = sys.pipe({ blocking: true });
  try {
    if (owner !== undefined) sys.chown(pipe[side], owner.uid, owner.gid);
    return pipe;
  } catch (error) {
    sys.close(pipe.read);
    sys.close(pipe.write);
    throw error;
  }
}
