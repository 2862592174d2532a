import { closeSync, writeSync } from 'node:fs';

/** Set by whoever started this process with the two descriptors below. */
export const launchedVariable = 'SANDSHIM_LAUNCHED';

// The launcher's own pipe, and the stdout of the start action, which containerd reads to its end.
const statusFd = 3;
const replyFd = 4;

/** What the launcher waits for: "ok" for a reply that has been written, else one line that says what failed. */
export interface StatusChannel {
  succeed(reply: Uint8Array): void;
  fail(message: string): void;
}

/**
 * Answers `start` once and lets go of containerd's pipe, for which containerd waits. The reply may be binary, so it goes
 * out directly; a shell could not hand it on.
 */
export function openStatusChannel(): StatusChannel {
  let answered = false;
  const answer = (status: string, reply?: Uint8Array): void => {
    if (answered) return;
    answered = true;
    if (reply !== undefined) writeSync(replyFd, reply);
    closeSync(replyFd);
    writeSync(statusFd, status);
    closeSync(statusFd);
  };
  return {
    succeed: (reply) => answer('ok', reply),
    fail: (message) => answer(message.replaceAll(/\s+/g, ' ')),
  };
}
