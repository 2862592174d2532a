import { readFileSync, readlinkSync } from 'node:fs';

const links = ['root', ...['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'].map((name) => `ns/${name}`)];

const statusFields = [
  ...['Uid', 'Gid', 'Groups', 'Umask', 'NoNewPrivs', 'Seccomp', 'Cpus_allowed_list', 'Mems_allowed_list'],
  ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'],
];

/**
 * Whether two processes see the same system and may do the same there: root, namespaces, cgroups, users, capabilities,
 * limits. Only then does it make no difference which of them goes on.
 * @param pid a process, or `self`
 */
export function samePlace(pid: number | 'self', other: number | 'self'): boolean {
  const [one, two] = [placeOf(pid), placeOf(other)];
  return one.length === two.length && one.every((line, index) => line === two[index]);
}

function placeOf(pid: number | 'self'): readonly string[] {
  const file = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const status = file('status').split('\n');
  return [
    ...links.map((name) => target(`/proc/${pid}/${name}`)),
    ...statusFields.map((field) => status.find((line) => line.startsWith(`${field}:`)) ?? ''),
    // Node raises its own soft limit of open files, the fourth word, at its start.
    ...file('limits')
      .split('\n')
      .map((line) => line.replace(/^(Max open files +)\S+/, '$1')),
    file('cgroup'),
  ];
}

/** Empty for a kind of namespace that this kernel does not have. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
