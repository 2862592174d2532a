/** Something that the machine lacks; the message says in one line what, and how to get it. */
export class MissingError extends Error {
  /** @override */
  name = 'MissingError';
}
