/** What one attempt to move bytes came to. */
export type Step =
  /** Bytes left the source; there may be more. */
  | { readonly kind: 'moved'; readonly bytes: number }
  /** Nothing is there to be moved now. */
  | { readonly kind: 'source-empty' }
  /** The target takes no more for now. */
  | { readonly kind: 'target-full' }
  /** The source has ended, and all of it has reached the target. */
  | { readonly kind: 'ended' }
  /** Nobody will ever read from the target. */
  | { readonly kind: 'target-gone' };

/** Moves bytes from one descriptor to another, a piece at a time. Keeps what the target did not take yet. */
export interface Mover {
  /** A promise only where the target can block. */
  step(): Step | Promise<Step>;
}
