import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OciSpec } from '@sandshim/runsc-client';
import type { ContainerType } from './container-type.ts';
import { podCgroupAnnotation } from './pod-cgroup.ts';
import type { LoadedSpec } from './read-spec.ts';
import { sharedMemory } from './shared-memory.ts';
import { changedSpec } from './spec-change.ts';
import { volumeHints } from './volume-hints.ts';

export interface GvisorSpecOptions {
  readonly bundle: string;
  readonly type: ContainerType;
  /** Where the kubelet keeps the pods' volumes; the tests have their own. */
  readonly podsFolder?: string;
}

/**
 * The spec as runsc needs it in a pod: the pod's cgroup, volume hints, a shared /dev/shm. config.json is written anew only
 * if that changed something.
 */
export async function prepareGvisorSpec(loaded: LoadedSpec, options: GvisorSpecOptions): Promise<OciSpec> {
  const { spec } = loaded;
  const prepared = await gvisorSpec(spec, options);
  if (prepared === spec) return spec;
  const kept = await gvisorSpec(exactly(loaded.text), options);
  await writeFile(join(options.bundle, 'config.json'), JSON.stringify(kept));
  return prepared;
}

async function gvisorSpec(spec: OciSpec, { type, podsFolder }: GvisorSpecOptions): Promise<OciSpec> {
  const inPod = changedSpec(spec, { annotations: podCgroupAnnotation(spec, type) });
  const hinted = changedSpec(inPod, await volumeHints(inPod, type, podsFolder));
  return changedSpec(hinted, sharedMemory(hinted, type));
}

// A limit may be any 64-bit number, which a JavaScript number rounds, even to one that the runtime then refuses.
function exactly(text: string): OciSpec {
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
      ? rawJson(context.source)
      : value;
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as OciSpec;
}

function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
