import { laterSuites } from '../later-suites.ts';

/** The containerds under test: Debian 12's own and two of later suites. */
export type ContainerdVersion = '1.6' | '1.7' | '2.1';

export const containerdVersions = ['1.6', '1.7', '2.1'] as const satisfies readonly ContainerdVersion[];

/** The folder of this version's containerd, ctr and runc shim. */
export function containerdFolder(version: ContainerdVersion): string {
  switch (version) {
    case '1.6':
      return '/usr/bin';
    case '1.7':
      return laterSuites().containerd17;
    case '2.1':
      return laterSuites().containerd21;
  }
}
