import type { MountSpec, Sys } from '../sys/index.ts';
import { failure } from './fake-open-file.ts';

/** A mount table in memory. */
export function fakeMounts(): {
  readonly calls: Pick<Sys, 'mount' | 'unmount'>;
  readonly mounted: readonly MountSpec[];
} {
  const mounted: MountSpec[] = [];
  return {
    mounted,
    calls: {
      async mount(spec) {
        mounted.push(spec);
      },
      async unmount(target) {
        const index = mounted.findLastIndex((mount) => mount.target === target);
        if (index < 0) throw failure('umount2', 'EINVAL', target);
        mounted.splice(index, 1);
      },
    },
  };
}
