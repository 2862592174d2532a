import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';
import type { StepOptions } from './step.ts';

const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

/** The checks of the built tree, in order; the layer arrows and the single owners are part of the lint. */
export const checks: readonly StepOptions[] = [
  { label: 'types of the packages', command: 'tsc', args: ['-b', 'tsconfig.packages.json'] },
  { label: 'types of tests and scripts', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { label: 'lint, format and layers', command: 'biome', args: ['ci', '--error-on-warnings', '.'] },
  ...(existsSync(join(root, 'scripts', 'generate.ts'))
    ? [
        {
          label: 'generated code is fresh',
          command: process.execPath,
          args: ['--conditions=@sandshim/source', 'scripts/generate.ts', '--check'],
        },
      ]
    : []),
  { label: 'unused files, exports and dependencies', command: 'knip', args: [] },
  ...packages.map((name) => ({
    label: `packaging of ${name}`,
    command: 'publint',
    args: ['run', '--strict', join('packages', name)],
  })),
  ...packages.map((name) => ({
    label: `types as published of ${name}`,
    command: 'attw',
    args: ['--pack', join('packages', name), '--profile', 'esm-only', '--no-definitely-typed'],
  })),
];
