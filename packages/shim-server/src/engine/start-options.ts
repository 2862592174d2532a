import type { Any } from '../api/gen/google/protobuf/any.ts';
import type { StartOptions } from '../bootstrap/program.ts';
import { readIfThere } from '../options/read-if-there.ts';
import { runscTomlPlaces } from '../options/runsc-toml-places.ts';
import type { RuntimeName } from '../options/runtime-options.ts';

const none: StartOptions = { shimCgroup: '' };
// Few files have these keys; the others are not worth a TOML parser's load before containerd has its answer.
const interesting = /^\s*"?(?:shim_?cgroup|grouping)"?\s*=/im;

/** What a container's options say about its shim. A file that is not there is Create's to complain about. */
export async function readStartOptions(
  messages: readonly Any[],
  context: { readonly runtime: RuntimeName; readonly bundle: string },
): Promise<StartOptions> {
  const any = messages.find(({ value }) => value.length > 0);
  if (any === undefined && !hasInterestingFile(context)) return none;
  const { loadRuntimeOptions } = await import('../options/load-runtime-options.ts');
  const { shimCgroup, grouping } = loadRuntimeOptions(any, { ...context, warn: () => undefined });
  return grouping === undefined ? { shimCgroup } : { shimCgroup, grouping };
}

function hasInterestingFile({ runtime, bundle }: { readonly runtime: RuntimeName; readonly bundle: string }): boolean {
  if (runtime !== 'runsc') return false;
  return runscTomlPlaces(bundle).some((place) => interesting.test(readIfThere(place) ?? ''));
}
