import { join } from 'node:path';
import { Runc, Runsc, type Runtime } from '@sandshim/runsc-client';
import { makeSubject, runtimeCompliance } from '@sandshim/runsc-client/testing';
import { describe, test } from 'vitest';
import { laterSuites } from '../../../tests/support/later-suites.ts';
import { testRootfs } from './support/rootfs.ts';

const later = laterSuites();
const runsc2024 = join(later.runsc2024, 'runsc');
// Nested in a machine without cgroups of its own, and without a way to the network: what is checked needs neither.
const flags = { network: 'none', 'ignore-cgroups': true } as const;

const runtimes: Readonly<Record<string, (root: string) => Runtime>> = {
  'runsc, platform ptrace': (root) => new Runsc({ root, flags: { ...flags, platform: 'ptrace' } }),
  runc: (root) => new Runc({ root }),
  'runsc of 2024, platform ptrace': (root) =>
    new Runsc({ root, command: runsc2024, flags: { ...flags, platform: 'ptrace' } }),
  'runsc of 2024, platform systrap': (root) =>
    new Runsc({ root, command: runsc2024, flags: { ...flags, platform: 'systrap' } }),
  'runc 1.3': (root) => new Runc({ root, command: join(later.runc13, 'runc') }),
};

describe.each(Object.entries(runtimes))('%s does what every runtime does', (_name, makeRuntime) => {
  const subject = async () => makeSubject(makeRuntime, await testRootfs());
  for (const { name, run } of runtimeCompliance(subject)) test(name, run);
});
