import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundleShim } from './bundle-shim.ts';
import { root } from './lib/paths.ts';
import { pastIndexes } from './past-indexes.ts';

// Built beside what is there and then moved over it file by file: shims that run meanwhile still load their parts.
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
await mkdir(dist, { recursive: true });
const fresh = await mkdtemp(join(dist, '.build-'));
const [lib, bin] = [join(fresh, 'lib'), join(fresh, 'bin')];
const launchers = join(import.meta.dirname, 'launchers');

// Each was measured (start to answer, private memory): a small nursery and no helper threads save 0.3 MB and three threads
// at no cost in time, and an idle shim collects its garbage itself (2.4 MB less); the others make sure that nothing but an
// answer is ever printed, and that SIGUSR1 is the shim's own.
const nodeFlags = [
  ...['--max-semi-space-size=1', '--v8-pool-size=0', '--single-threaded-gc', '--expose-gc'],
  ...['--no-warnings', '--disable-sigusr1'],
].join(' ');

const shims = [
  { file: 'containerd-shim-runsc-v1', name: 'io.containerd.runsc.v1', runtime: 'runsc' },
  { file: 'containerd-shim-sandshim-runc-v2', name: 'io.containerd.sandshim-runc.v2', runtime: 'runc' },
] as const;

await mkdir(lib);
await mkdir(bin);
const [shimVersion, cliVersion] = await Promise.all([versionOf('shim-server'), versionOf('cli')]);
const requireFromIo = createRequire(join(root, 'packages/io/package.json'));
await Promise.all([
  bundleShim({ lib, version: shimVersion }),
  bundleProgram('sandshim', { entry: 'packages/cli/src/bin.ts', version: cliVersion }),
  copyKoffi(),
  linkNode(),
  writeLaunchers(),
]);
await fillCompileCache();
for (const folder of ['lib', 'bin']) await replaceFolder(join(fresh, folder), join(dist, folder));
await rm(fresh, { recursive: true });

/**
 * One file with what a program needs at once, and files with what it loads later. esbuild's own splitting would do, but it
 * keeps a package's modules together: whoever needs its error class would load all of it.
 */
async function bundleProgram(
  name: string,
  options: { readonly entry: string; readonly version: string },
): Promise<void> {
  const later = new Map<string, string>();
  const common: BuildOptions = {
    outdir: lib,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['@sandshim/source'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    logLevel: 'warning',
    define: { SANDSHIM_VERSION: JSON.stringify(options.version) },
  };
  await build({
    ...common,
    entryPoints: { [name]: join(root, options.entry) },
    plugins: [importLater(name, later), nativeKoffi()],
  });
  await build({
    ...common,
    entryPoints: Object.fromEntries([...later].map(([path, file]) => [file, path])),
    splitting: true,
    chunkNames: `${name}-[hash]`,
    // CommonJS packages ask for Node's own modules by require.
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    plugins: [pastIndexes(), nativeKoffi()],
  });
}

/** Leaves each dynamic import to a file of its own, and notes which module belongs there. */
function importLater(name: string, later: Map<string, string>): Plugin {
  return {
    name: 'import-later',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const file = `${name}-${basename(path, '.ts')}`;
        later.set(join(resolveDir, path), file);
        return { path: `./${file}.mjs`, external: true };
      });
    },
  };
}

/** koffi without its search for the native file, which then lies beside the bundle. */
function nativeKoffi(): Plugin {
  const names = Object.keys(requireFromIo('koffi')).filter((name) => name !== 'default');
  const contents = [
    "import { createRequire } from 'node:module';",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the bundle that fills it in
    'const native = createRequire(import.meta.url)(`./koffi-${process.platform}-${process.arch}.node`);',
    `export const { ${names.join(', ')} } = native;`,
    'export default native;',
  ].join('\n');
  return {
    name: 'native-koffi',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'native' }));
      onLoad({ filter: /.*/, namespace: 'native' }, () => ({ contents }));
    },
  };
}

/** The native file of each architecture that is installed. */
async function copyKoffi(): Promise<void> {
  const koffi = dirname(await realpath(requireFromIo.resolve('koffi')));
  for (const architecture of ['x64', 'arm64']) {
    const source = join(koffi, `../@koromix/koffi-linux-${architecture}/linux_${architecture}/koffi.node`);
    await copyFile(source, join(lib, `koffi-linux-${architecture}.node`)).catch(() => undefined);
  }
}

/** The Node that runs this script, so that the programs run with the version that they were tested with. */
async function linkNode(): Promise<void> {
  const source = await realpath(process.execPath);
  const target = join(lib, 'node');
  // Another file system.
  await link(source, target).catch(() => copyFile(source, target));
}

async function writeLaunchers(): Promise<void> {
  const findNode = await readFile(join(launchers, 'find-node.sh'), 'utf8');
  const write = async (file: string, template: string, values: Readonly<Record<string, string>>): Promise<void> => {
    const source = await readFile(join(launchers, template), 'utf8');
    const text = source
      .replace('#include find-node.sh\n', () => findNode)
      .replaceAll(/@([A-Z]+)@/g, (whole, key: string) => values[key.toLowerCase()] ?? whole);
    await writeFile(join(bin, file), text);
    await chmod(join(bin, file), 0o755);
  };
  for (const { file, name, runtime } of shims) {
    await write(file, 'shim.sh', { name, runtime, version: shimVersion, revision: '', flags: nodeFlags });
  }
  await write('sandshim', 'sandshim.sh', { version: cliVersion });
}

/** Moves the files of `from` into `to`, each over its predecessor, then removes what `from` did not have. */
async function replaceFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries) {
    // No folder takes the place of a full one.
    if (entry.isDirectory()) await rm(join(to, entry.name), { recursive: true, force: true });
    await rename(join(from, entry.name), join(to, entry.name));
  }
  const files = entries.map(({ name }) => name);
  for (const file of await readdir(to)) {
    if (!files.includes(file)) await rm(join(to, file), { recursive: true });
  }
}

/**
 * Has a shim serve once, so that V8's compiled code of all it loads lies beside the programs: a fifth less CPU time for each
 * start. Without it a start only takes longer.
 */
async function fillCompileCache(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-compile-'));
  const socket = join(folder, 's');
  const { file } = shims[0];
  const shim = spawn(join(bin, file), ['-namespace', 'compile', '-id', 'compile', '-socket', socket], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, SANDSHIM_CONFIG: join(folder, 'none'), TTRPC_ADDRESS: '' },
  });
  const ended = once(shim, 'exit');
  for (let round = 0; round < 100 && !existsSync(socket) && shim.exitCode === null; round += 1) await sleep(50);
  await sleep(500);
  shim.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true });
}

async function versionOf(name: string): Promise<string> {
  const description: unknown = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
  if (typeof description === 'object' && description !== null && 'version' in description) {
    return String(description.version);
  }
  throw new Error(`packages/${name}/package.json has no version`);
}
