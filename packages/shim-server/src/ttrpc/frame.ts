/** Bytes of a frame before its payload. */
export const headerBytes = 10;

/** The most that a payload may hold: 4 MiB, in either direction. */
export const maxPayloadBytes = 4 << 20;

/** What a frame is for. A receiver passes over a type that it does not know. */
export const frameTypes = { request: 1, response: 2, data: 3 } as const;

/** Bits of a frame's flags. */
export const frameFlags = {
  /** The sender sends nothing more on this stream. */
  remoteClosed: 0x01,
  /** On a request: data frames follow. */
  remoteOpen: 0x02,
  /** The frame carries no message; without it, an empty payload is an empty message. */
  noData: 0x04,
} as const;

/** One unit on the wire. `type` and `flags` are bytes that may hold what later versions of the protocol mean by them. */
export interface Frame {
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** A frame whose payload was larger than {@link maxPayloadBytes}: the payload was read and dropped. */
export interface OversizeFrame {
  readonly streamId: number;
  readonly type: number;
  readonly length: number;
}

/** What a decoder yields. */
export type DecodedFrame =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'oversize'; readonly oversize: OversizeFrame };
