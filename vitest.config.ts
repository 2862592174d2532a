import { defineConfig } from 'vitest/config';

// Packages are tested from their sources: no build comes between an edit and its test.
const resolve = { conditions: ['@sandshim/source'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
          pool: 'forks',
          // Real runtimes on a small machine: one file at a time, and generous bounds that only a hang reaches.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
