const mark = '# By sandshim install, before: ';
const importsLine = /^imports\s*=\s*\[([^\]]*)\]\s*$/;

/**
 * containerd's configuration with one more import: at the top, since below a table's head the key would be the table's, or in
 * the line that is there. What that line was before is kept in it.
 */
export function withImport(source: string, pattern: string): string {
  const lines = source.split('\n');
  const old = lines.findIndex((each) => importsLine.test(each));
  const before = lines[old] ?? '';
  const entries = (importsLine.exec(before)?.[1] ?? '').trim();
  const line = `imports = [${entries === '' ? '' : `${entries}, `}"${pattern}"] ${mark}${before}`;
  return old < 0 ? `${line}\n${source}` : lines.with(old, line).join('\n');
}

/** Undoes {@link withImport}; `undefined` where it has not been. */
export function withoutImport(source: string): string | undefined {
  if (!source.includes(mark)) return undefined;
  const lines = source.split('\n').flatMap((line) => {
    const at = line.indexOf(mark);
    if (at < 0) return [line];
    const before = line.slice(at + mark.length);
    return before === '' ? [] : [before];
  });
  return lines.join('\n');
}
