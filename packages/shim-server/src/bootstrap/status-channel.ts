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

/** The channel of a process that a launcher has started. */
export function openStatusChannel(): StatusChannel {
  return statusChannel({ status: statusFd, reply: replyFd });
}

/**
 * Answers `start` once and lets go of containerd's pipe, for which containerd waits. The reply may be binary, so it goes
 * out directly; a shell could not hand it on. Owns both descriptors.
 */
export function statusChannel(descriptors: {
  readonly status: number;
  readonly reply: number;
  /** What comes before the status. */
  readonly lead?: string;
}): StatusChannel {
  let answered = false;
  const answer = (status: string, reply?: Uint8Array): void => {
    if (answered) return;
    answered = true;
    if (reply !== undefined) writeSync(descriptors.reply, reply);
    closeSync(descriptors.reply);
    writeSync(descriptors.status, (descriptors.lead ?? '') + status);
    closeSync(descriptors.status);
  };
  return {
    succeed: (reply) => answer('ok', reply),
    fail: (message) => answer(message.replaceAll(/\s+/g, ' ')),
  };
}
