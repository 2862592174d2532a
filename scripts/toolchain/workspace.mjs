import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './bring.mjs';
import { MissingError } from './missing.mjs';

const stamp = join(root, '.cache', 'installed');

/**
 * Runs `pnpm install --frozen-lockfile` when a manifest or the lockfile has changed since the last time.
 * @param {{
 *   node: { executable: string, version: string, environment: Record<string, string | undefined> },
 *   pnpm: { script: string, version: string },
 * }} tools
 */
export function installWorkspace({ node, pnpm }) {
  const wanted = fingerprint([node.version, pnpm.version]);
  if (existsSync(join(root, 'node_modules', '.modules.yaml')) && readStamp() === wanted) return;
  process.stderr.write('sandshim: installing the workspace (pnpm install --frozen-lockfile)\n');
  const result = spawnSync(node.executable, [pnpm.script, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    encoding: 'utf8',
    // With CI set, pnpm never stops to ask.
    env: { ...node.environment, CI: 'true' },
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    throw new MissingError(
      'pnpm could not install the workspace (its words are above): check the network, then run this again.',
    );
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stamp, wanted);
}

function readStamp() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

/**
 * Changes when anything changes that decides what is installed.
 * @param {readonly string[]} versions
 */
function fingerprint(versions) {
  const hash = createHash('sha256').update(versions.join('\n'));
  for (const path of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function manifests() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'));
  return ['package.json', join('examples', 'package.json'), ...packages].filter((path) => existsSync(join(root, path)));
}
