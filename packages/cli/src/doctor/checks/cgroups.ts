import { type Check, type DoctorContext, type Finding, fail, ok } from '../check.ts';

const needed = ['cpu', 'memory', 'pids'] as const;

/** Limits and statistics need the cpu, memory and pids controllers, in whichever of the kernel's two layouts. */
export const cgroupCheck: Check = {
  id: 'cgroups',
  title: 'cgroups',
  probe: async (context) => {
    const available = await context.host.readText('/sys/fs/cgroup/cgroup.controllers');
    return available === undefined ? await probeV1(context) : await probeV2(context, available.trim().split(/\s+/));
  },
};

async function probeV2({ host }: DoctorContext, available: readonly string[]): Promise<readonly Finding[]> {
  const subtree = '/sys/fs/cgroup/cgroup.subtree_control';
  const enabled = ((await host.readText(subtree)) ?? '').trim().split(/\s+/);
  const findings = needed.flatMap((name): readonly Finding[] => {
    if (!available.includes(name)) {
      return [
        fail(`cgroup v2 has no ${name} controller`, `boot with cgroup_enable=${name} on the kernel's command line`),
      ];
    }
    if (enabled.includes(name)) return [];
    const fix = (): Promise<void> => host.writeText(subtree, `+${name}\n`);
    return [fail(`the ${name} controller is not enabled below the root cgroup`, `echo +${name} > ${subtree}`, fix)];
  });
  return findings.length === 0 ? [ok(`v2 with ${needed.join(', ')}`)] : findings;
}

async function probeV1({ host }: DoctorContext): Promise<readonly Finding[]> {
  const mounts = (await host.readText('/proc/self/mountinfo')) ?? '';
  const mounted = new Set<string>();
  for (const line of mounts.split('\n')) {
    const [, source = ''] = line.split(' - cgroup ');
    for (const option of source.split(' ').at(-1)?.split(',') ?? []) mounted.add(option);
  }
  const missing = needed.filter((name) => !mounted.has(name));
  if (missing.length === 0) {
    const hybrid = mounts.includes(' - cgroup2 ');
    return [ok(`${hybrid ? 'v1 (hybrid)' : 'v1'} with ${needed.join(', ')}`)];
  }
  return missing.map((name) => {
    const folder = `/sys/fs/cgroup/${name}`;
    return fail(
      `the ${name} controller is not mounted`,
      `mkdir -p ${folder} && mount -t cgroup -o ${name} cgroup ${folder}`,
    );
  });
}
