import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAnnotations } from './bundle-spec.ts';

let bundle: string;
beforeEach(() => {
  bundle = mkdtempSync(join(tmpdir(), 'sandshim-bundle-'));
});
afterEach(() => rmSync(bundle, { recursive: true }));

const write = (text: string): void => writeFileSync(join(bundle, 'config.json'), text);

describe('readAnnotations', () => {
  it('gives the annotations that are text', () => {
    write('{"annotations":{"a":"1","b":2}}');
    expect(readAnnotations(bundle)).toEqual({ a: '1' });
  });

  it.each(['{}', '{"annotations":null}', '{"annotations":[]}'])('gives none for %s', (text) => {
    write(text);
    expect(readAnnotations(bundle)).toEqual({});
  });

  it.each(['', '{', 'null', '[]', '"text"'])('refuses %j and names the file', (text) => {
    write(text);
    expect(() => readAnnotations(bundle)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining('config.json') }),
    );
  });

  it('says that the file is not there', () => {
    expect(() => readAnnotations(bundle)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
