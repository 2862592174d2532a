import { SandshimError, spawnCommand } from '@sandshim/runsc-client';
import type { RuntimeOptions } from '../options/runtime-options.ts';

/** gVisor's runsc has no `features` command; this is what it takes of a config.json. */
const runscFeatures = {
  ociVersionMin: '1.0.0',
  ociVersionMax: '1.1.0',
  hooks: ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'],
  mountOptions: [
    'bind',
    'rbind',
    'ro',
    'rw',
    'noexec',
    'exec',
    'nosuid',
    'suid',
    'nodev',
    'dev',
    'private',
    'rprivate',
  ],
  linux: {
    namespaces: ['ipc', 'mount', 'network', 'pid', 'user', 'uts', 'cgroup'],
    cgroup: { v1: true, v2: true, systemd: true, systemdUser: false },
    seccomp: { enabled: true },
    apparmor: { enabled: false },
    selinux: { enabled: false },
    mountExtensions: { idmap: { enabled: false } },
  },
};

const timeoutMs = 10_000;
const maxCaptureBytes = 1_048_576;

/**
 * The OCI features document of a container's runtime; `undefined` of a runc that is too old to print one.
 * @throws SandshimError `unavailable` if the runtime cannot be started.
 */
export async function runtimeFeatures(options: RuntimeOptions): Promise<unknown> {
  if (options.runtime === 'runsc') return runscFeatures;
  const command = spawnCommand({ file: options.binaryName, args: ['features'], maxCaptureBytes, timeoutMs });
  const { spawnError, stdout } = await command.result;
  if (spawnError !== undefined) {
    throw new SandshimError('unavailable', `cannot start ${options.binaryName}: ${spawnError.message}`);
  }
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
