/** The task that `npm run NAME` asked for, by its name; each task is a module that exports `run`. */

import { NeedError } from './lib/need-error.ts';
import { fail } from './lib/say.ts';

interface Task {
  readonly run: (args: readonly string[]) => Promise<void>;
}

const tasks: Readonly<Record<string, () => Promise<Task>>> = {
  build: () => import('./tasks/build.ts'),
  check: () => import('./tasks/check.ts'),
  test: () => import('./tasks/test.ts'),
  'test:unit': () => import('./tasks/test-unit.ts'),
  'test:integration': () => import('./tasks/test-integration.ts'),
  demo: () => import('./tasks/demo.ts'),
  setup: () => import('./tasks/setup.ts'),
  bench: () => import('./tasks/bench.ts'),
  'bench:io': () => import('./tasks/bench-io.ts'),
  format: () => import('./tasks/format.ts'),
  generate: () => import('./tasks/generate.ts'),
  changeset: () => import('./tasks/changeset.ts'),
  clean: () => import('./tasks/clean.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (load === undefined) {
  fail(`there is no task ${JSON.stringify(name)}; the tasks: ${Object.keys(tasks).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    const task = await load();
    await task.run(args);
  } catch (error) {
    if (!(error instanceof NeedError)) throw error;
    fail(error.message);
    process.exitCode = 1;
  }
}
