/** Exit statuses of the command line, as docker has them; 128 + n is a process ended by signal n. */
export const exitCodes = {
  ok: 0,
  /** The verb failed. */
  failure: 1,
  /** Wrong usage, and any failure of `run`, `exec` or `attach` that is sandshim's rather than the container's. */
  usage: 125,
  /** The container's command exists but cannot be run. */
  notExecutable: 126,
  /** The container's command does not exist. */
  notFound: 127,
  /** stdout was closed by its reader: 128 + SIGPIPE. */
  closedPipe: 141,
} as const;
