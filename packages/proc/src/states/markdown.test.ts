import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stateTablesMarkdown } from './markdown.ts';

// Refreshed by: node --conditions=@sandshim/source scripts/states.ts
it('ARCHITECTURE.md shows the state tables as the code has them', () => {
  const document = readFileSync(new URL('../../../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const [, shown] = /<!-- states:begin -->\n([\s\S]*?)<!-- states:end -->/.exec(document) ?? [];
  expect(shown).toBe(`${stateTablesMarkdown()}\n`);
});
