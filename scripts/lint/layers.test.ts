import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../lib/paths.ts';

const importOf = (name: string) => `import * as planted from '${name}';\nexport const use = planted;\n`;
const call = (text: string) => `export const use = (sys) => sys.${text};\n`;

/** Where the file is planted, what it holds, what the linter must say of it. */
const violations = [
  ['runsc-client/src/a.ts', importOf('@sandshim/io'), 'runsc-client knows nothing of the packages above it'],
  ['runsc-client/src/b.ts', importOf('@sandshim/io/sys'), 'runsc-client knows nothing of the packages above it'],
  ['io/src/a.ts', importOf('@sandshim/proc'), 'io knows nothing of the packages above it'],
  ['proc/src/a.ts', importOf('@sandshim/shim-server/ttrpc'), 'proc knows nothing of the packages above it'],
  ['shim-server/src/a.ts', importOf('@sandshim/cli'), 'shim-server knows nothing of the packages above it'],
  ['proc/src/b.ts', importOf('@sandshim/io/src/sys/index.ts'), 'public entry points alone'],
  ['cli/src/a.ts', importOf('../../proc/src/index.ts'), 'public entry points alone'],
  ['proc/src/c.ts', importOf('koffi'), 'Only packages/io/src/sys imports koffi'],
  ['io/src/b.ts', "export const use = import('koffi');\n", 'Only packages/io/src/sys imports koffi'],
  ['proc/src/d.ts', importOf('node:child_process'), 'take a Spawner'],
  ['shim-server/src/task/b.ts', importOf('execa'), 'take a Spawner'],
  ['shim-server/src/c.ts', importOf('@grpc/grpc-js'), 'Only packages/shim-server/src/grpc imports'],
  ['shim-server/src/d.ts', call('waitPid(1)'), "Only proc's reaper waits for a pid"],
  ['proc/src/e.ts', call("mkfifo('/x', 0)"), 'Only packages/io makes and opens fifos'],
] as const;

const allowed = [
  ['io/src/ok.ts', importOf('@sandshim/runsc-client')],
  ['proc/src/ok.ts', importOf('@sandshim/io/sys')],
  ['shim-server/src/ok.ts', importOf('@sandshim/proc')],
  ['cli/src/ok.ts', importOf('@sandshim/shim-server/ttrpc')],
  ['io/src/sys/ok.ts', importOf('koffi')],
  ['runsc-client/src/spawn-ok.ts', importOf('execa')],
  ['shim-server/src/grpc/ok.ts', importOf('@grpc/grpc-js')],
  ['proc/src/reaper/ok.ts', call('waitPid(1)')],
  ['io/src/fifo/ok.ts', call("mkfifo('/x', 0)")],
] as const;

let folder = '';
let said = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandshim-lint-'));
  await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
  await cp(join(root, 'scripts', 'lint'), join(folder, 'scripts', 'lint'), { recursive: true });
  for (const [path, text] of [...violations, ...allowed]) {
    await mkdir(dirname(join(folder, 'packages', path)), { recursive: true });
    await writeFile(join(folder, 'packages', path), text);
  }
  said = await lint();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the project's linter says of each planted file. */
async function lint(): Promise<Map<string, string>> {
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', 'packages'];
  const { stdout } = await execa('biome', args, { cwd: folder, preferLocal: true, localDir: root, reject: false });
  const byFile = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const file = /file=[^,]*?packages\/([^,]+),/.exec(line)?.[1];
    if (file !== undefined) byFile.set(file, `${byFile.get(file) ?? ''}${line}\n`);
  }
  return byFile;
}

describe('the layer arrows and the single owners', () => {
  test.each(violations)('refuse a planted %s', (path, _text, message) => {
    expect(said.get(path)).toContain(message);
  });

  test.each(allowed)('accept %s', (path) => {
    expect(said.get(path) ?? '').not.toMatch(/noRestrictedImports|plugin/);
  });
});
