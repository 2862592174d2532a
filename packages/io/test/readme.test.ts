import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test("the README's example prints what it says", () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, program = '', output = ''] = /```ts\n(.*?)```\n\n```\n(.*?)```/s.exec(readme) ?? [];
  const file = new URL('./readme-example.ts', import.meta.url);
  writeFileSync(file, program);
  try {
    rmSync('/tmp/hello.log', { force: true });
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@sandshim/source', file.pathname], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: output, stderr: '' });
    expect(readFileSync('/tmp/hello.log', 'utf8')).toBe('hello\n');
  } finally {
    rmSync(file);
    rmSync('/tmp/hello.log', { force: true });
  }
});
