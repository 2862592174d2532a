/** A task cannot go on for a reason that the user can mend; the message is one line that says what and how. */
export class NeedError extends Error {
  override readonly name = 'NeedError';
}
