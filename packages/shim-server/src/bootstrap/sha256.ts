const words = 64;

/**
 * The SHA-256 of a text in hexadecimal (FIPS 180-4). For a few bytes, where loading `node:crypto` would take a sixth of the
 * time that a shim has to answer its start.
 */
export function sha256(text: string): string {
  const { roundConstants, state } = constants();
  const message = padded(new TextEncoder().encode(text));
  const schedule = new Uint32Array(words);
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = message.getUint32(block + i * 4);
    for (let i = 16; i < words; i++) schedule[i] = extended(schedule, i);
    compress(state, schedule, roundConstants);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

function padded(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(length - 4, bytes.length * 8);
  return view;
}

function extended(w: Uint32Array, i: number): number {
  const early = w[i - 15] ?? 0;
  const late = w[i - 2] ?? 0;
  const small0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
  const small1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
  return (w[i - 16] ?? 0) + small0 + (w[i - 7] ?? 0) + small1;
}

function compress(state: Uint32Array, w: Uint32Array, k: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < words; i++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + (k[i] ?? 0) + (w[i] ?? 0)) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The fractions of the roots of the first primes: cube roots for the rounds, square roots for the first state. */
function constants(): { readonly roundConstants: Uint32Array; readonly state: Uint32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < words; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  const fraction = (root: number): number => (root - Math.floor(root)) * 2 ** 32;
  return {
    roundConstants: Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    state: Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  };
}
