import type { Envelope } from '../api/gen/containerd/types/envelope.ts';

/**
 * What became of one event.
 * - `delivered`: it was taken.
 * - `not-taken`: it cannot have been taken, so it may be sent again.
 * - `refused`: the receiver said no; it may say yes later.
 * - `uncertain`: it left us whole and no answer came. Sending it again might publish it twice.
 */
export type ForwardResult =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'not-taken' | 'refused' | 'uncertain'; readonly error: Error };

/** Hands one event at a time to containerd, connecting when it has to. Never rejects. */
export interface EventForwarder extends AsyncDisposable {
  forward(envelope: Envelope, options: { readonly signal: AbortSignal }): Promise<ForwardResult>;
}
