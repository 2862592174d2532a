import { SandshimError } from '@sandshim/runsc-client';
import type { Libc } from './libc.ts';
import { MS_BIND, MS_RDONLY, MS_REMOUNT, parseMountOptions } from './mount-options.ts';
import { maxMountData, shortenLayers } from './overlay-layers.ts';
import type { MountSpec, Sys } from './sys.ts';

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const O_PATH = 0o10_000_000;
const O_CLOEXEC = 0o2_000_000;

/** mount(2) and umount2(2), off the main thread: a network file system or a busy disk may hold them for long. */
export function mountCalls(libc: Libc): Pick<Sys, 'mount' | 'unmount'> {
  return {
    async mount(spec) {
      const { flags, propagation, data } = parseMountOptions(spec.options);
      if (data.includes('loop')) throw new SandshimError('unimplemented', `mount ${spec.target}: loop devices`);
      const subject = `${spec.type} on ${spec.target}`;
      const mount = (source: string | null, type: string | null, callFlags: number, options: string | null) =>
        libc.callOffThread('mount', { subject }, source, spec.target, type, callFlags, options);

      // An option list that only changes the propagation of what is mounted already has nothing to mount.
      const propagationOnly = propagation.length > 0 && flags === 0 && spec.type === '' && spec.source === '';
      if (!propagationOnly) {
        await withFittingData(libc, { spec, data }, (fitting) => mount(spec.source, spec.type, flags, fitting));
      }
      for (const flag of propagation) await mount(null, null, flag, null);
      // The kernel ignores every other flag of a fresh bind mount, so read-only takes a second step.
      const readOnlyBind = MS_BIND | MS_RDONLY;
      if ((flags & readOnlyBind) === readOnlyBind && (flags & MS_REMOUNT) === 0) {
        await mount(null, null, flags | MS_REMOUNT, null);
      }
    },
    async unmount(target, options = {}) {
      const flags = UMOUNT_NOFOLLOW | (options.lazy ? MNT_DETACH : 0);
      await libc.callOffThread('umount2', { subject: target }, target, flags);
    },
  };
}

async function withFittingData<T>(
  libc: Libc,
  { spec, data }: { readonly spec: MountSpec; readonly data: readonly string[] },
  use: (data: string | null) => Promise<T>,
): Promise<T> {
  const joined = data.join(',');
  if (Buffer.byteLength(joined) <= maxMountData) return use(joined === '' ? null : joined);
  const shortened = shortenLayers(data);
  if (shortened === undefined) throw tooLong(spec, joined);
  // A thread's working folder is not ours to change; a descriptor gives the folder a short name just as well.
  const folder = libc.call('open', { subject: shortened.folder }, shortened.folder, O_PATH | O_CLOEXEC, 0);
  try {
    const fitting = shortened.named(`/proc/self/fd/${folder}`).join(',');
    if (Buffer.byteLength(fitting) > maxMountData) throw tooLong(spec, joined);
    return await use(fitting);
  } finally {
    libc.attempt('close', folder);
  }
}

function tooLong(spec: MountSpec, data: string): SandshimError {
  const size = Buffer.byteLength(data);
  const message = `mount ${spec.type} on ${spec.target}: ${size} bytes of options, and the kernel reads ${maxMountData}`;
  return new SandshimError('invalid_argument', message);
}
