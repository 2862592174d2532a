import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const protoFolder = join(root, 'packages/shim-server/proto');
const genFolder = join(root, 'packages/shim-server/src/api/gen');

// Static encoders and decoders only: no descriptors and no JSON, which would cost the shim's boot and memory.
const pluginOptions = [
  'importSuffix=.ts',
  'forceLong=bigint',
  'useDate=false',
  'env=both',
  'enumsAsLiterals=true',
  'unrecognizedEnum=false',
  'outputJsonMethods=false',
  'outputServices=generic-definitions',
  'outputTypeAnnotations=static-only',
  'useReadonlyTypes=true',
  'useExactTypes=false',
  'exportCommonSymbols=false',
  'annotateFilesWithVersion=false',
];

async function generateInto(out: string): Promise<void> {
  const template = { version: 'v2', plugins: [{ local: 'protoc-gen-ts_proto', out, opt: pluginOptions }] };
  const bin = join(root, 'node_modules/.bin');
  await promisify(execFile)(join(bin, 'buf'), ['generate', protoFolder, '--template', JSON.stringify(template)], {
    cwd: root,
    env: { ...process.env, PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) },
  });
}

async function readTree(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const),
    ),
  );
}

/** The generated files that are missing, left over or other than what the .proto files give now. */
export async function findStaleFiles(): Promise<readonly string[]> {
  const fresh = await mkdtemp(join(tmpdir(), 'sandshim-generate-'));
  try {
    await generateInto(fresh);
    const [expected, actual] = await Promise.all([readTree(fresh), readTree(genFolder)]);
    const names = new Set([...expected.keys(), ...actual.keys()]);
    return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
  } finally {
    await rm(fresh, { recursive: true });
  }
}

/** Replaces packages/shim-server/src/api/gen by what the .proto files give. */
export async function generate(): Promise<void> {
  const fresh = await mkdtemp(join(tmpdir(), 'sandshim-generate-'));
  try {
    await generateInto(fresh);
    await rm(genFolder, { recursive: true, force: true });
    await cp(fresh, genFolder, { recursive: true });
  } finally {
    await rm(fresh, { recursive: true });
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await findStaleFiles();
    if (stale.length > 0) {
      process.stderr.write(
        `Generated files differ from the .proto files; run "npm run generate":\n${stale.join('\n')}\n`,
      );
      process.exitCode = 1;
    }
  } else {
    await generate();
  }
}
