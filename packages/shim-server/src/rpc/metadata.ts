/** What a caller sends beside its request. Keys are lower-case, a key may have several values. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** Collects key and value pairs, in the order in which they came, with keys in lower case. */
export function metadataFromPairs(pairs: Iterable<readonly [string, string]>): Metadata {
  const metadata = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const name = key.toLowerCase();
    const values = metadata.get(name);
    if (values === undefined) metadata.set(name, [value]);
    else values.push(value);
  }
  return metadata;
}
