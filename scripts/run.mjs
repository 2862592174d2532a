#!/usr/bin/env node
// The entry of every `npm run …`: any Node >= 18 is enough to start it. It brings the Node.js and pnpm that the project
// pins, installs the workspace when the lockfile asks for it, and hands over to the task, which is TypeScript.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { bringNode, bringPnpm, root } from './toolchain/bring.mjs';
import { checkHost } from './toolchain/host.mjs';
import { MissingError } from './toolchain/missing.mjs';
import { installWorkspace } from './toolchain/workspace.mjs';

const [task, ...rest] = process.argv.slice(2);

try {
  checkHost();
  const node = bringNode();
  installWorkspace({ node, pnpm: bringPnpm() });
  handOver(node);
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`sandshim: ${error.message}\n`);
  process.exitCode = 1;
}

/**
 * Runs the task with the pinned Node, passes signals on, and ends as the task ends.
 * @param {ReturnType<typeof bringNode>} node
 */
function handOver(node) {
  const main = join(root, 'scripts', 'main.ts');
  const child = spawn(node.executable, ['--conditions=@sandshim/source', main, ...(task ? [task] : []), ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: node.environment,
  });
  // A terminal's ^C reaches the task by itself; a signal sent to this process alone does not.
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}
