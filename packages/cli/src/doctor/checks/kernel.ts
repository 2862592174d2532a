import coerce from 'semver/functions/coerce.js';
import lt from 'semver/functions/lt.js';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';

// pidfd_open(2), by which the shim waits for processes that are not its children.
const leastKernel = '5.3.0';

export const kernelCheck: Check = {
  id: 'kernel',
  title: 'kernel',
  probe: async ({ host }) => {
    const release = (await host.readText('/proc/sys/kernel/osrelease'))?.trim() ?? '';
    const version = coerce(release);
    if (version === null) return [];
    if (lt(version, leastKernel)) {
      return [fail(`${release} is older than ${leastKernel} and has no pidfd_open`, 'boot a newer kernel')];
    }
    return [ok(release)];
  },
};

/** containerd's default snapshotter is overlayfs. */
export const overlayCheck: Check = {
  id: 'overlayfs',
  title: 'overlayfs',
  probe: async ({ host }) => {
    const known = ((await host.readText('/proc/filesystems')) ?? '')
      .split('\n')
      .some((line) => /\boverlay$/.test(line));
    if (known) return [ok('known to the kernel')];
    return [warn('the kernel does not know overlayfs', "modprobe overlay, or use containerd's native snapshotter")];
  },
};

const namespaces = ['mnt', 'pid', 'net', 'ipc', 'uts'] as const;

export const namespacesCheck: Check = {
  id: 'namespaces',
  title: 'namespaces',
  probe: async ({ host }) => {
    const findings: Finding[] = [];
    const present = await host.list('/proc/self/ns');
    const missing = namespaces.filter((name) => !present.includes(name));
    if (missing.length > 0) {
      findings.push(fail(`the kernel has no ${missing.join(', ')} namespaces`, 'boot a kernel with CONFIG_NAMESPACES'));
    }
    for (const name of [...namespaces, 'user']) {
      const path = `/proc/sys/user/max_${name}_namespaces`;
      if ((await host.readText(path))?.trim() !== '0') continue;
      const fix = (): Promise<void> => host.writeText(path, '15000\n');
      findings.push(fail(`${path} forbids new ${name} namespaces`, `sysctl -w user.max_${name}_namespaces=15000`, fix));
    }
    return findings.length === 0 ? [ok(`${namespaces.join(', ')}`)] : findings;
  },
};
