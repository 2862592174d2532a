import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHost } from '../host/real-host.ts';
import { bundleOf, createHealthyMachine, type FakeMachine, mountinfo } from '../testing/fake-machine.ts';
import type { DoctorContext } from './check.ts';
import { checks } from './checks/index.ts';
import { examine, mend } from './examine.ts';
import { findingRows } from './format.ts';

function contextOf(machine: FakeMachine): DoctorContext {
  return {
    host: createHost({ root: machine.root }),
    env: { PATH: '/usr/local/bin:/usr/bin', SANDSHIM_BIN: join(machine.root, 'opt/sandshim/bin') },
    uid: 0,
    nodeVersion: '24.4.0',
    paths: {
      containerdConfig: '/etc/containerd/config.toml',
      containerdSocket: '/run/containerd/containerd.sock',
      state: '/run/containerd',
      root: '/run/sandshim',
      shimSockets: '/run/containerd/s',
      runscToml: '/etc/containerd/runsc.toml',
    },
  };
}

async function faultsOf(machine: FakeMachine) {
  return findingRows(await examine(checks, contextOf(machine))).filter(({ verdict }) => verdict !== 'ok');
}

interface Fault {
  readonly name: string;
  readonly plant: (machine: FakeMachine) => Promise<void> | void;
  readonly check: string;
  readonly verdict: 'warn' | 'fail';
  readonly detail: RegExp;
  readonly advice: RegExp;
  /** What a person does who follows the advice; without it, `--fix` has to do it. */
  readonly follow?: (machine: FakeMachine) => void;
}

const shim = '/usr/local/bin/containerd-shim-runsc-v1';
const toml = '/etc/containerd/runsc.toml';
const goodToml = '[runsc_config]\nplatform = "systrap"\nnetwork = "none"\n';

const faults: readonly Fault[] = [
  {
    name: 'runsc is not installed',
    plant: (machine) => machine.remove('/usr/bin/runsc'),
    check: 'runsc',
    verdict: 'fail',
    detail: /^runsc is not installed$/,
    advice: /^apt-get install runsc/,
    follow: (machine) => machine.script('/usr/bin/runsc', 'echo "runsc version release-20221219.0"'),
  },
  {
    name: 'runsc cannot run',
    plant: (machine) => machine.script('/usr/bin/runsc', 'exit 1'),
    check: 'runsc',
    verdict: 'fail',
    detail: /does not answer --version$/,
    advice: /apt-get install runsc/,
    follow: (machine) => machine.script('/usr/bin/runsc', 'echo "runsc version release-20221219.0"'),
  },
  {
    name: 'runc lies in a folder that is not on PATH',
    plant: (machine) => {
      machine.remove('/usr/bin/runc');
      machine.script('/usr/sbin/runc', 'echo "runc version 1.1.5"');
    },
    check: 'runc',
    verdict: 'warn',
    detail: /^\/usr\/sbin\/runc is not on PATH/,
    advice: /^export PATH=\/usr\/sbin:\$PATH$/,
    follow: (machine) => machine.script('/usr/bin/runc', 'echo "runc version 1.1.5"'),
  },
  {
    name: 'containerd would not find the shim',
    plant: (machine) => machine.remove('/usr/local/bin/containerd-shim-sandshim-runc-v2'),
    check: 'shim',
    verdict: 'fail',
    detail: /^containerd would not find containerd-shim-sandshim-runc-v2 on \/usr\/local\/bin/,
    advice: /^sandshim install$/,
  },
  {
    name: 'the launcher is a link that leads nowhere',
    plant: (machine) => {
      machine.remove(shim);
      symlinkSync('/nowhere', join(machine.root, shim));
      machine.write('/etc/containerd/config.toml', 'version = 2\n');
    },
    check: 'shim',
    verdict: 'fail',
    detail: /containerd-shim-runsc-v1 leads nowhere$/,
    advice: /^sandshim install$/,
  },
  {
    name: "another project's shim comes first on PATH",
    plant: (machine) => machine.script(shim, 'echo "containerd-shim-runsc-v1: Version: release-20240729.0"'),
    check: 'shim',
    verdict: 'warn',
    detail: /another project's shim$/,
    advice: /put sandshim's folder before/,
    follow: (machine) => machine.script(shim, 'echo "sandshim 0.1.0"'),
  },
  {
    name: 'kvm is asked for where there is none',
    plant: (machine) => machine.write(toml, '[runsc_config]\nplatform = "kvm"\nnetwork = "none"\n'),
    check: 'platform',
    verdict: 'fail',
    detail: /asks for kvm, but there is no \/dev\/kvm$/,
    advice: /set platform = "systrap"/,
    follow: (machine) => machine.write(toml, goodToml),
  },
  {
    name: 'kvm is asked for inside a virtual machine',
    plant: (machine) => {
      machine.write('/dev/kvm', '');
      machine.write('/proc/cpuinfo', 'flags\t\t: fpu vmx hypervisor\n');
      machine.write(toml, '[runsc_config]\nplatform = "kvm"\nnetwork = "none"\n');
    },
    check: 'platform',
    verdict: 'warn',
    detail: /inside a virtual machine, where sandboxes may hang$/,
    advice: /set platform = "systrap"/,
    follow: (machine) => machine.write(toml, goodToml),
  },
  {
    name: 'a value of runsc.toml is not a text',
    plant: (machine) => machine.write(toml, '[runsc_config]\nnetwork = "none"\ndebug = true\n'),
    check: 'runsc-toml',
    verdict: 'fail',
    detail: /runsc_config\.debug = true is not a text: write "true"$/,
    advice: /^correct that line of/,
    follow: (machine) => machine.write(toml, '[runsc_config]\nnetwork = "none"\ndebug = "true"\n'),
  },
  {
    name: 'network=sandbox does not work on this kernel',
    plant: (machine) => {
      machine.script('/usr/bin/unshare', 'exit 0');
      machine.write(toml, '[runsc_config]\nplatform = "systrap"\n');
    },
    check: 'network',
    verdict: 'warn',
    detail: /refuses network=sandbox on this kernel$/,
    advice: /set network = "none" or "host"/,
    follow: (machine) => machine.write(toml, goodToml),
  },
  {
    name: 'a stale socket was left by a killed shim',
    plant: async (machine) => {
      writeFileSync(join(machine.root, 'run/containerd/s/dead.file'), '');
      // A socket file without a listener is what SIGKILL leaves.
      await leaveSocket(join(machine.root, 'run/containerd/s/0002'));
    },
    check: 'sockets',
    verdict: 'warn',
    detail: /^\/run\/containerd\/s\/0002 is stale: no shim listens$/,
    advice: /^rm \/run\/containerd\/s\/0002$/,
  },
  {
    name: 'a log fifo is gone',
    plant: (machine) => machine.remove(`${bundleOf('c1')}/log`),
    check: 'log-fifos',
    verdict: 'warn',
    detail: /c1\/log is gone: containerd loses that shim's log$/,
    advice: /mkfifo -m 700 .*c1\/log$/,
  },
  {
    name: "a task's shim is gone",
    plant: (machine) => {
      machine.write(`${bundleOf('c2')}/address`, 'unix:///run/containerd/s/9999');
      machine.makeFifo(`${bundleOf('c2')}/log`);
    },
    check: 'tasks',
    verdict: 'warn',
    detail: /^the shim of default\/c2 is gone$/,
    advice: /^sandshim rm -f -n default c2$/,
    follow: (machine) => machine.remove(bundleOf('c2')),
  },
  {
    name: 'the memory controller of cgroup v1 is not mounted',
    plant: (machine) => machine.write('/proc/self/mountinfo', mountinfo(['cpu,cpuacct', 'pids'])),
    check: 'cgroups',
    verdict: 'fail',
    detail: /^the memory controller is not mounted$/,
    advice: /^mkdir -p \/sys\/fs\/cgroup\/memory && mount -t cgroup -o memory/,
    follow: (machine) => machine.write('/proc/self/mountinfo', mountinfo(['cpu,cpuacct', 'memory', 'pids'])),
  },
  {
    name: "containerd's configuration names a missing binary",
    plant: (machine) =>
      machine.write(
        '/etc/containerd/config.toml',
        'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.x]\nruntime_path = "/opt/x"\n',
      ),
    check: 'containerd-config',
    verdict: 'fail',
    detail: /runtime_path of runtime x names \/opt\/x, which does not exist$/,
    advice: /^put \/opt\/x there, or change runtime_path of runtime x/,
    follow: (machine) => machine.script('/opt/x', ''),
  },
  {
    name: "containerd's configuration is not TOML",
    plant: (machine) => machine.write('/etc/containerd/config.toml', 'version = \n'),
    check: 'containerd-config',
    verdict: 'fail',
    detail: /config\.toml: Invalid TOML/,
    advice: /^mend the TOML in \/etc\/containerd\/config\.toml/,
    follow: (machine) => machine.write('/etc/containerd/config.toml', 'version = 2\n'),
  },
  {
    name: 'new pid namespaces are forbidden',
    plant: (machine) => machine.write('/proc/sys/user/max_pid_namespaces', '0\n'),
    check: 'namespaces',
    verdict: 'fail',
    detail: /forbids new pid namespaces$/,
    advice: /^sysctl -w user\.max_pid_namespaces=15000$/,
  },
];

async function leaveSocket(path: string): Promise<void> {
  const { createServer } = await import('node:net');
  const { renameSync } = await import('node:fs');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(`${path}.new`, resolve));
  // Closing removes the path that was listened on, so the socket hides under another name meanwhile.
  renameSync(`${path}.new`, path);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

describe('doctor', () => {
  it('finds nothing wrong with a healthy machine', async () => {
    await using machine = await createHealthyMachine();
    expect(await faultsOf(machine)).toEqual([]);
  });

  it.each(faults)('finds that $name, and its advice mends it', async (fault) => {
    await using machine = await createHealthyMachine();
    machine.script('/opt/sandshim/bin/containerd-shim-runsc-v1', 'echo sandshim');
    machine.script('/opt/sandshim/bin/containerd-shim-sandshim-runc-v2', 'echo sandshim');
    await fault.plant(machine);
    const found = await faultsOf(machine);
    expect(found).toEqual([
      expect.objectContaining({
        check: fault.check,
        verdict: fault.verdict,
        detail: expect.stringMatching(fault.detail),
        advice: expect.stringMatching(fault.advice),
        fixable: fault.follow === undefined,
      }),
    ]);

    if (fault.follow === undefined) {
      const mended = await mend(await examine(checks, contextOf(machine)));
      expect(mended.map(({ error }) => error)).toEqual([undefined]);
    } else {
      fault.follow(machine);
    }
    expect(await faultsOf(machine)).toEqual([]);
  });
});
