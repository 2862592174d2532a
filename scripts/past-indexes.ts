import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { root } from './lib/paths.ts';

const importOfPackage = /^import (type )?\{([^}]*)\} from '@sandshim\/([\w-]+)(?:\/(\w+))?';$/gm;
const reExport = /^export \{([^}]*)\} from '(\.[^']+)';$/gm;
const namespaceReExport = /^export \* as (\w+) from '(\.[^']+)';$/gm;

/**
 * Lets imports of our own packages go to the modules behind the package's index. Splitting takes whole files, and an index
 * imports all of its package: whoever wants the error class would get the spawner with it.
 */
export function pastIndexes(): Plugin {
  const indexes = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const exportsOf = (index: string): Promise<ReadonlyMap<string, string>> => {
    const known = indexes.get(index) ?? readIndex(index);
    indexes.set(index, known);
    return known;
  };
  return {
    name: 'past-indexes',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/packages\/[\w-]+\/src\/.*\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const match of contents.matchAll(importOfPackage)) {
          const [whole, typeOnly, names = '', name = '', subpath = ''] = match;
          const index = join(root, 'packages', name, 'src', subpath, 'index.ts');
          const direct = typeOnly === undefined ? directImports(names, await exportsOf(index)) : '';
          contents = contents.replace(whole, () => direct);
        }
        return { contents, loader: 'ts', resolveDir: dirname(path) };
      });
    },
  };
}

/** Each value that an index exports, as the import statement that fetches it; `%` stands for the local name. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const source = await readFile(path, 'utf8');
  const exports = new Map<string, string>();
  for (const [, names = '', from = ''] of source.matchAll(reExport)) {
    for (const { imported, local } of parseNames(names)) {
      exports.set(local, `import { ${imported} as % } from '${join(dirname(path), from)}';`);
    }
  }
  for (const [, name = '', from = ''] of source.matchAll(namespaceReExport)) {
    exports.set(name, `import * as % from '${join(dirname(path), from)}';`);
  }
  return exports;
}

// What the index does not export as a value is a type, and nothing is left of it.
function directImports(names: string, exports: ReadonlyMap<string, string>): string {
  const statements = parseNames(names).map(({ imported, local }) => exports.get(imported)?.replace('%', local) ?? '');
  return statements.filter((statement) => statement !== '').join(' ');
}

function parseNames(names: string): readonly { readonly imported: string; readonly local: string }[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => {
      const [imported = '', local = imported] = name.split(' as ');
      return { imported, local };
    });
}
