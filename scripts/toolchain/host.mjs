import process from 'node:process';
import { MissingError } from './missing.mjs';

const OLDEST_NODE = 18;

/**
 * Refuses machines on which nothing can work.
 * @param {{ platform?: string, arch?: string, version?: string }} [host]
 * @throws {MissingError}
 */
export function checkHost({ platform = process.platform, arch = process.arch, version = process.versions.node } = {}) {
  if (platform !== 'linux') {
    throw new MissingError(`this is ${platform}; the project runs on Linux alone: use a Debian 12 machine or VM.`);
  }
  if (arch !== 'x64' && arch !== 'arm64') {
    throw new MissingError(`no Node.js is pinned for ${arch}: use an x64 or arm64 machine.`);
  }
  if (Number.parseInt(version, 10) < OLDEST_NODE) {
    throw new MissingError(
      `Node.js ${version} is too old to start from: install Node.js ${OLDEST_NODE} or later (on Debian 12: apt-get install nodejs npm).`,
    );
  }
}
