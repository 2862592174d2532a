import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasPrivatePidNamespace, parseSpec, readSpec } from './read-spec.ts';

let bundle: string;

beforeEach(() => {
  bundle = mkdtempSync(join(tmpdir(), 'sandshim-spec-'));
});

afterEach(() => rmSync(bundle, { recursive: true }));

describe('config.json', () => {
  it('that is not there is not_found, and named', async () => {
    await expect(readSpec(bundle)).rejects.toMatchObject({ code: 'not_found' });
    await expect(readSpec(bundle)).rejects.toThrow(join(bundle, 'config.json'));
  });

  it.each([
    ['{ "ociVersion": ', 'JSON'],
    ['[]', 'the document is not an object'],
    ['null', 'the document is not an object'],
    ['{"annotations": {"a": 1}}', 'annotations["a"] is not a string'],
    ['{"mounts": {}}', 'mounts is not a list'],
    ['{"mounts": [{}]}', 'mounts[0].destination is not a string'],
    ['{"linux": 7}', 'linux is not an object'],
    ['{"linux": {"cgroupsPath": 7}}', 'linux.cgroupsPath is not a string'],
    ['{"linux": {"namespaces": [{}]}}', 'linux.namespaces[0].type is not a string'],
  ])('that holds %s is refused with file and cause', async (text, cause) => {
    writeFileSync(join(bundle, 'config.json'), text);
    await expect(readSpec(bundle)).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(readSpec(bundle)).rejects.toThrow(cause);
    await expect(readSpec(bundle)).rejects.toThrow(join(bundle, 'config.json'));
  });

  it('keeps fields that are not known, and may leave everything out', () => {
    expect(parseSpec({ future: 1, mounts: null })).toEqual({ future: 1, mounts: null });
  });
});

describe('a PID namespace', () => {
  const spec = (namespaces: unknown) => parseSpec({ ociVersion: '1', linux: { namespaces } });

  it('is private if it is new', () => {
    expect(hasPrivatePidNamespace(spec([{ type: 'mount' }, { type: 'pid' }]))).toBe(true);
    expect(hasPrivatePidNamespace(spec([{ type: 'pid', path: '' }]))).toBe(true);
  });

  it("is not if it is joined, or the host's", () => {
    expect(hasPrivatePidNamespace(spec([{ type: 'pid', path: '/proc/1/ns/pid' }]))).toBe(false);
    expect(hasPrivatePidNamespace(spec([{ type: 'mount' }]))).toBe(false);
    expect(hasPrivatePidNamespace(parseSpec({}))).toBe(false);
  });
});
