import { readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { OciMount, OciSpec } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ContainerType } from './container-type.ts';
import { sandboxLogDirectoryKey } from './sandbox-logs.ts';
import type { SpecChange } from './spec-change.ts';
import { withMountType } from './spec-change.ts';

const hintPrefix = 'dev.gvisor.spec.mount.';
const emptyDirPlugin = 'kubernetes.io~empty-dir';
const gcsFuseVolume = 'gke-gcsfuse-tmp';

/** Where the kubelet keeps the pods' volumes. */
export const defaultPodsFolder = '/var/lib/kubelet/pods';

/**
 * gVisor's volume hints: annotations `dev.gvisor.spec.mount.<name>.type` tell runsc how a pod's volume may be kept. On a
 * sandbox root each gets the volume's folder on the host as its source; in a pod's container the mounts of that
 * volume get the hinted type. An emptyDir is kept by the sandbox itself (tmpfs) unless it holds something already.
 * @throws SandshimError `invalid_argument` if a hinted volume is not exactly one folder on the host
 */
export async function volumeHints(
  spec: OciSpec,
  type: ContainerType,
  podsFolder: string = defaultPodsFolder,
): Promise<SpecChange> {
  const hints = Object.entries(spec.annotations ?? {})
    .filter(([key]) => key.startsWith(hintPrefix) && key.endsWith('.type'))
    .map(([key, value]) => ({ volume: key.slice(hintPrefix.length, -'.type'.length), value }));
  if (type.kind === 'pod-container') return { mounts: hintedMounts(spec.mounts ?? [], hints, podsFolder) };

  const uid = podUid(spec);
  if (uid === undefined) return {};
  const annotations: Record<string, string> = {};
  for (const { volume } of hints) {
    const source = await volumeFolder(join(podsFolder, uid, 'volumes'), volume);
    annotations[`${hintPrefix}${volume}.source`] = source;
    if (!source.includes(`${sep}${emptyDirPlugin}${sep}`)) continue;
    if (await staysOnHost(spec, { volume, source })) {
      annotations[`${hintPrefix}${volume}.type`] = 'bind';
      annotations[`${hintPrefix}${volume}.share`] = 'shared';
      if (volume === gcsFuseVolume) annotations['dev.gvisor.flag.host-uds'] = 'open';
    } else {
      annotations[`${hintPrefix}${volume}.type`] = 'tmpfs';
    }
  }
  return { annotations };
}

interface Hint {
  readonly volume: string;
  readonly value: string;
}

function hintedMounts(mounts: readonly OciMount[], hints: readonly Hint[], podsFolder: string): readonly OciMount[] {
  return mounts.map((mount) => {
    const hint = hints.find(({ volume }) => isVolumeFolder(mount.source, { volume, podsFolder }));
    return hint === undefined ? mount : withMountType(mount, hint.value);
  });
}

/** `<pods>/<uid>/volumes/<plugin>/<volume>` and nothing below it. */
function isVolumeFolder(
  source: string | undefined,
  at: { readonly volume: string; readonly podsFolder: string },
): boolean {
  if (source === undefined || !source.startsWith(`${at.podsFolder}/`)) return false;
  const [, volumes, , name, ...below] = source.slice(at.podsFolder.length + 1).split('/');
  return volumes === 'volumes' && name === at.volume && below.length === 0;
}

/** The log folder of a pod is named `<namespace>_<name>_<uid>`, and was `<uid>` once. */
function podUid(spec: OciSpec): string | undefined {
  const folder = spec.annotations?.[sandboxLogDirectoryKey];
  if (!folder) return undefined;
  const fields = basename(folder).split('_');
  return fields.length === 1 || fields.length === 3 ? fields.at(-1) : undefined;
}

async function volumeFolder(volumes: string, volume: string): Promise<string> {
  const matches: string[] = [];
  for (const plugin of await namesIn(volumes)) {
    if ((await namesIn(join(volumes, plugin))).includes(volume)) matches.push(join(volumes, plugin, volume));
  }
  const [only, ...others] = matches;
  if (only !== undefined && others.length === 0) return only;
  const found = matches.length === 0 ? 'none' : matches.join(', ');
  throw new SandshimError(
    'invalid_argument',
    `unexpected matched volume list for ${volume} below ${volumes}: ${found}`,
  );
}

async function staysOnHost(
  spec: OciSpec,
  hint: { readonly volume: string; readonly source: string },
): Promise<boolean> {
  if (spec.annotations?.[`dev.gvisor.empty-dir.${hint.volume}.force-shared`] === 'true') return true;
  const names = await namesIn(hint.source);
  const [only] = names;
  return names.length > 1 || (only !== undefined && !only.startsWith('.gvisor.filestore.'));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // No folder holds no volume; the caller says what it missed.
    return [];
  }
}
