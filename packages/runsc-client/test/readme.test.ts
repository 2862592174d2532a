import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnCommand } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';

const repository = new URL('../../../', import.meta.url);
const example = fileURLToPath(new URL('examples/sandbox.ts', repository));

test('the example of the README is the program in examples/', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${await readFile(example, 'utf8')}\`\`\``);
});

test('the example runs in a gVisor sandbox, and prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  // runsc keeps its containers below this folder, so that the example needs to name none.
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  const env = { PATH: process.env['PATH'] ?? '', XDG_RUNTIME_DIR: folder };
  const args = ['--conditions=@sandshim/source', example];
  const request = { file: process.execPath, args, env, maxCaptureBytes: 100_000, timeoutMs: 60_000 };
  const { stdout, stderr, exitCode } = await spawnCommand(request).result;
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(readme).toContain(`\`\`\`\n${stdout}\`\`\``);
  await rm(folder, { recursive: true });
});
