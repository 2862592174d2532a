import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { spawnCommand } from '@sandshim/runsc-client';
import { expect, it } from 'vitest';
import { workspace } from './support/bundle.ts';

const example = fileURLToPath(new URL('../../../examples/container.ts', import.meta.url));
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README is the program in examples/', async () => {
  expect(readme).toContain(`\`\`\`ts\n${await readFile(example, 'utf8')}\`\`\``);
});

it('the example runs in a gVisor sandbox, and prints what the README says', async () => {
  using place = workspace();
  const bundle = place.bundle('example', { args: ['sleep', '100'] });
  const args = ['--conditions=@sandshim/source', example, bundle];
  const request = { file: process.execPath, args, maxCaptureBytes: 100_000, timeoutMs: 60_000 };
  const { stdout, stderr, exitCode } = await spawnCommand(request).result;
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(readme).toContain(`\`\`\`\n${stdout}\`\`\``);
});
