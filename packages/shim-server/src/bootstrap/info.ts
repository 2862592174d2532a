import { packJson } from '../api/any.ts';
import { RuntimeInfo } from '../api/gen/containerd/types/runtime-info.ts';
import { Any } from '../api/gen/google/protobuf/any.ts';
import type { ShimProgram } from './program.ts';
import { readStdin } from './read-stdin.ts';

// containerd's name for an OCI features document.
const featuresType = 'types.containerd.io/opencontainers/runtime-spec/1/features/Features';

/** What `-info` prints: name, version, the options that came on stdin, and what the runtime can do. */
export async function runtimeInfo(program: ShimProgram): Promise<Uint8Array> {
  const input = await readStdin();
  const options = input.length === 0 ? undefined : Any.decode(input);
  const engine = await program.loadEngine();
  const features = await engine.features?.(options);
  return RuntimeInfo.encode({
    name: program.name,
    version: { version: program.version, revision: program.revision ?? '' },
    options,
    features: features === undefined ? undefined : packJson(featuresType, features),
    annotations: {},
  }).finish();
}
