/** Where a scan for one JSON object stopped, and why: `text` up to `at` is the object, or cannot be one, or is not all of it. */
interface Scan {
  readonly found: 'object' | 'invalid' | 'incomplete';
  readonly at: number;
}

/**
 * Finds the JSON objects in `text`, which may follow each other with or without newlines, with other text in between. What
 * does not parse is skipped. The work is bounded by a multiple of the text's length, whatever it holds.
 */
export function* jsonObjectsIn(text: string): Generator<unknown> {
  let budget = 16 * text.length;
  let at = text.indexOf('{');
  while (at !== -1 && budget > 0) {
    const scan = scanObject(text, at);
    budget -= scan.at - at;
    const value = scan.found === 'object' ? parseOrUndefined(text.slice(at, scan.at)) : undefined;
    if (value !== undefined) yield value;
    at = text.indexOf('{', value === undefined ? at + 1 : scan.at);
  }
}

/** Finds the end of the object that begins at `start`, by its braces outside of strings. `oneLine`: no newline in it. */
export function scanObject(text: string, start: number, options: { readonly oneLine?: boolean } = {}): Scan {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n' && (inString || options.oneLine === true)) return { found: 'invalid', at };
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return { found: 'object', at: at + 1 };
    }
  }
  return { found: 'incomplete', at: text.length };
}

/** `undefined` if `text` is not JSON. */
export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // That it does not parse is the answer.
    return undefined;
  }
}
