import { readFileSync, writeFileSync } from 'node:fs';
import { stateTablesMarkdown } from '../packages/proc/src/states/markdown.ts';

// Writes the state tables into ARCHITECTURE.md, between their marks.
const file = new URL('../ARCHITECTURE.md', import.meta.url);
const document = readFileSync(file, 'utf8');
const marked = /(<!-- states:begin -->\n)[\s\S]*?(<!-- states:end -->)/;
writeFileSync(
  file,
  document.replace(marked, (_, begin: string, end: string) => `${begin}${stateTablesMarkdown()}\n${end}`),
);
