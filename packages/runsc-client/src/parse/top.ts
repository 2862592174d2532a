/** What `ps` prints as a table: as many cells in each row as there are headers. */
export interface Top {
  readonly headers: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

/** The last column takes all that is left of a line. A row without a pid, as ps prints for a group, is left out. */
export function parseTop(text: string): Top {
  const [first = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const headers = first
    .trim()
    .split(/\s+/)
    .filter((header) => header !== '');
  const pidColumn = headers.indexOf('PID');
  const rows = lines.map((line) => cellsOf(line, headers.length));
  return { headers, processes: rows.filter((row) => row[pidColumn] !== '-') };
}

function cellsOf(line: string, columns: number): readonly string[] {
  const words = line.trim().split(/\s+/);
  if (words.length <= columns) return words;
  const cells = words.slice(0, columns - 1);
  // The rest as it was written, with its own spaces.
  const skipped = new RegExp(`^\\s*(?:\\S+\\s+){${columns - 1}}`);
  return [...cells, line.trimEnd().replace(skipped, '')];
}
