/** A mount's options as mount(2) takes them. */
export interface ParsedMountOptions {
  readonly flags: number;
  /** Propagation flags, for a call of their own. */
  readonly propagation: readonly number[];
  /** What the file system itself reads. */
  readonly data: readonly string[];
}

export const MS_RDONLY = 1;
export const MS_REMOUNT = 32;
export const MS_BIND = 4096;
const MS_REC = 16384;

const setting: ReadonlyMap<string, number> = new Map([
  ['async', 0],
  ['defaults', 0],
  ['bind', MS_BIND],
  ['rbind', MS_BIND | MS_REC],
  ['ro', MS_RDONLY],
  ['remount', MS_REMOUNT],
  ['nosuid', 2],
  ['nodev', 4],
  ['noexec', 8],
  ['sync', 16],
  ['mand', 64],
  ['dirsync', 128],
  ['noatime', 1024],
  ['nodiratime', 2048],
  ['relatime', 1 << 21],
  ['strictatime', 1 << 24],
  ['lazytime', 1 << 25],
]);

const clearing: ReadonlyMap<string, number> = new Map([
  ['async', 16],
  ['rw', MS_RDONLY],
  ['suid', 2],
  ['dev', 4],
  ['exec', 8],
  ['nomand', 64],
  ['atime', 1024],
  ['diratime', 2048],
  ['norelatime', 1 << 21],
  ['nostrictatime', 1 << 24],
  ['nolazytime', 1 << 25],
]);

const propagating: ReadonlyMap<string, number> = new Map(
  Object.entries({ unbindable: 1 << 17, private: 1 << 18, slave: 1 << 19, shared: 1 << 20 }).flatMap(([name, flag]) => [
    [name, flag],
    [`r${name}`, flag | MS_REC],
  ]),
);

/**
 * Sorts the options of a containerd mount into flags and data. The last of two that contradict each other wins. Options
 * of containerd's own (`X-containerd.…`) are for containerd and are left out, as containerd does.
 */
export function parseMountOptions(options: readonly string[]): ParsedMountOptions {
  let flags = 0;
  const propagation: number[] = [];
  const data: string[] = [];
  for (const option of options) {
    const set = setting.get(option);
    const clear = clearing.get(option);
    const spread = propagating.get(option);
    if (spread !== undefined) propagation.push(spread);
    else if (set !== undefined || clear !== undefined) flags = (flags & ~(clear ?? 0)) | (set ?? 0);
    else if (option !== '' && !option.startsWith('X-containerd.')) data.push(option);
  }
  return { flags, propagation, data };
}
