import { execa } from 'execa';
import { NeedError } from '../lib/need-error.ts';
import { done, say } from '../lib/say.ts';

/** What the demo and the tests use of the machine's own Debian, with the reason for each. */
export const debianPackages: readonly string[] = [
  'containerd', // the daemon that the shim is for, and ctr
  'runc', // the plain runtime
  'runsc', // gVisor
  'busybox-static', // what the test image is made of
  'umoci', // reads the image again with other eyes
  'crun', // a third runtime that speaks the same command line
  'containernetworking-plugins', // the network of the pod tests
  'iptables', // which its bridge and portmap use
  'tini', // the init that the tests run under, which reaps at once
  'patchelf', // lets runc of a later Debian find the C library unpacked beside it
  'bsdutils', // script(1), a terminal for the tests
];

/** Installs the packages that are missing; says which. Throws NeedError. */
export async function installDebianPackages(wanted: readonly string[] = debianPackages): Promise<void> {
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return;
  say(`installing Debian packages: ${missing.join(' ')}`);
  const started = performance.now();
  // A foreign source that cannot be reached fails the update as a whole; the install below is what counts.
  const update = await apt(['update']);
  const install = await apt(['install', '--yes', '--no-install-recommends', ...missing]);
  if (install.failed) {
    process.stderr.write(`${update.failed ? update.all : ''}\n${install.all}\n`);
    throw new NeedError(
      `apt-get could not install ${missing.join(' ')} (its words are above): check the network and /etc/apt, then run this again.`,
    );
  }
  done(`installed ${missing.length} Debian packages: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Those of the packages that dpkg does not know as installed. */
export async function missingPackages(wanted: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execa('dpkg-query', ['-W', '-f', `\${db:Status-Status} \${Package}\\n`, ...wanted], {
    reject: false,
  });
  const installed = new Set(stdout.split('\n').filter((line) => line.startsWith('installed ')));
  return wanted.filter((name) => !installed.has(`installed ${name}`));
}

async function apt(args: readonly string[]): Promise<{ readonly failed: boolean; readonly all: string }> {
  const result = await execa('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '--quiet', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  return { failed: result.failed, all: result.all };
}
