import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.mjs';
import { MissingError } from './missing.mjs';

/** The folder of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const toolchain = join(root, '.cache', 'toolchain');
// Without a network, npm's own patience is a quarter of an hour.
const quickToFail = [
  '--prefer-offline',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=2000',
];

/**
 * The pinned Node.js, from the package that carries its binary; installed first where it is missing.
 * `environment` puts it and the workspace's programs first on PATH.
 */
export function bringNode() {
  const name = `node-linux-${process.arch}`;
  const version = readFileSync(join(root, '.node-version'), 'utf8').trim();
  bring({ name, version, label: `Node.js ${version}` });
  const executable = join(toolchain, 'node_modules', name, 'bin', 'node');
  const environment = cleanEnvironment(process.env);
  const folders = [dirname(executable), join(toolchain, 'bin'), join(root, 'node_modules', '.bin')];
  // The pinned pnpm need not look after its own version.
  environment['pnpm_config_pm_on_fail'] = 'ignore';
  environment['PATH'] = [...folders, environment['PATH'] ?? ''].join(delimiter);
  return { executable, version, environment };
}

/** The pinned pnpm (package.json's `packageManager`); installed first where it is missing. Returns its script. */
export function bringPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = packageManager.replace(/^pnpm@/, '').replace(/\+.*$/, '');
  bring({ name: 'pnpm', version, label: `pnpm ${version}` });
  const script = join(toolchain, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  bringProgram('pnpm', `#!/bin/sh\nexec node '${script}' "$@"\n`);
  return { script, version };
}

/**
 * turbo and the like look for pnpm on PATH.
 * @param {string} name
 * @param {string} text
 */
function bringProgram(name, text) {
  const path = join(toolchain, 'bin', name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/**
 * Installs one package of exactly this version into the project's own toolchain folder, unless it is there.
 * @param {{ name: string, version: string, label: string }} wanted
 */
function bring({ name, version, label }) {
  if (installedVersion(name) === version) return;
  process.stderr.write(`sandshim: fetching ${label} into .cache/toolchain\n`);
  mkdirSync(toolchain, { recursive: true });
  const args = [
    'install',
    '--prefix',
    toolchain,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    ...quickToFail,
  ];
  const others = installedOthers(name);
  const result = npm([...args, `${name}@${version}`, ...others]);
  if (result.error !== undefined) {
    throw new MissingError(`cannot run npm (${result.error.message}): install it (on Debian 12: apt-get install npm).`);
  }
  if (result.status !== 0 || installedVersion(name) !== version) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    throw new MissingError(
      `npm could not fetch ${name}@${version}: check the network (and npm's registry and proxy settings), then run this again.`,
    );
  }
}

/**
 * npm prunes what it is not asked for, so the toolchain's other half is always named too.
 * @param {string} name
 */
function installedOthers(name) {
  return [`node-linux-${process.arch}`, 'pnpm']
    .filter((other) => other !== name && installedVersion(other) !== undefined)
    .map((other) => `${other}@${installedVersion(other)}`);
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function installedVersion(name) {
  const manifest = join(toolchain, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}

/**
 * The npm that started this script, if one did; else the one on PATH.
 * @param {readonly string[]} args
 */
function npm(args) {
  const script = process.env['npm_execpath'] ?? '';
  const started = /npm-cli\.c?js$/.test(script) && existsSync(script);
  return spawnSync(started ? process.execPath : 'npm', started ? [script, ...args] : args, {
    cwd: toolchain,
    encoding: 'utf8',
    env: cleanEnvironment(process.env),
  });
}
