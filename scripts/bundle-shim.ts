import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { root } from './lib/paths.ts';
import { pastIndexes } from './past-indexes.ts';

const source = join(root, 'packages', 'shim-server', 'src');

// What a server needs as soon as it has answered its start, in one file.
const served = ['serve', 'serve-socket', 'sandshim-engine', 'ttrpc/server', 'run-spare'];

export interface BundleShimOptions {
  /** Where the files go. */
  readonly lib: string;
  readonly version: string;
}

/**
 * The shim as CommonJS: Node reads every property of its own modules for an import, also those that load half of it, and
 * none for a require. That saves 13 ms of CPU time at each start. `shim.cjs` has what a start needs, `shim-serve.cjs` the
 * server; each of the others is a rare thing with all of its own.
 */
export async function bundleShim({ lib, version }: BundleShimOptions): Promise<void> {
  const later = new Map<string, string>();
  const bundle = (file: string, modules: readonly string[], contents: string): Promise<unknown> =>
    build({
      ...commonOptions(version),
      stdin: { contents, resolveDir: source, sourcefile: `${file}.ts`, loader: 'ts' },
      outfile: join(lib, `${file}.cjs`),
      plugins: [pastIndexes(), requireLater(later, modules), nativeKoffi()],
    });
  await bundle('shim', [], startOfShim);
  const made = new Set<string>();
  for (;;) {
    const [, file] = [...later].find(([, name]) => !made.has(name)) ?? [];
    if (file === undefined) return;
    made.add(file);
    const modules = [...later].filter(([, name]) => name === file).map(([path]) => path);
    await bundle(file, modules, modules.map((path) => `export * from ${JSON.stringify(path)};`).join('\n'));
  }
}

// bin/shim.ts, without its await, which CommonJS has not.
const startOfShim = `
  import { runShim } from './bootstrap/run-shim.ts';
  import { sandshimProgram } from './engine/sandshim-program.ts';
  import { packageVersion } from './version.ts';
  const [runtime, ...argv] = process.argv.slice(2);
  void runShim(sandshimProgram(runtime === 'runc' ? 'runc' : 'runsc', packageVersion()), argv);
`;

function commonOptions(version: string): BuildOptions {
  return {
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    conditions: ['@sandshim/source'],
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    logLevel: 'warning',
    define: { SANDSHIM_VERSION: JSON.stringify(version) },
    // Only read where no version is defined.
    logOverride: { 'empty-import-meta': 'silent' },
  };
}

/** Leaves each dynamic import of another file to a require, and notes which module belongs there. */
function requireLater(later: Map<string, string>, own: readonly string[]): Plugin {
  return {
    name: 'require-later',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const module = join(resolveDir, path);
        if (kind !== 'dynamic-import' || own.includes(module)) return undefined;
        const file = fileOf(module);
        // The server's own parts import one another straight.
        if (own.some((other) => fileOf(other) === file)) return undefined;
        later.set(module, file);
        return { path: `./${file}.cjs`, external: true };
      });
    },
  };
}

function fileOf(module: string): string {
  const name = basename(module, '.ts');
  const folder = basename(dirname(module));
  return served.includes(name) || served.includes(`${folder}/${name}`) ? 'shim-serve' : `shim-${folder}-${name}`;
}

/** koffi without its search for the native file, which then lies beside the bundle. */
function nativeKoffi(): Plugin {
  const contents = "module.exports = require(['./koffi', process.platform, process.arch + '.node'].join('-'));";
  return {
    name: 'native-koffi',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'native' }));
      onLoad({ filter: /.*/, namespace: 'native' }, () => ({ contents }));
    },
  };
}
