import { SandshimError } from '@sandshim/runsc-client';
import { BootstrapParams, BootstrapResult } from '../api/gen/containerd/runtime/bootstrap/v1/bootstrap.ts';
import { Any } from '../api/gen/google/protobuf/any.ts';

/** The reply of `start` to containerd 2.3 and later. */
export function encodeBootstrapResult(result: {
  readonly version: number;
  readonly address: string;
  readonly protocol: string;
}): Uint8Array {
  return BootstrapResult.encode({ ...result, capabilities: [], metadata: {} }).finish();
}

/** What containerd wrote to the stdin of `start`. */
export interface StartInput {
  /** Messages of which one may hold the runtime's options. */
  readonly options: readonly Any[];
  /** Only from containerd 2.3 and later. */
  readonly params?: BootstrapParams;
}

/**
 * Reads either of the two forms: BootstrapParams since containerd 2.3, before it an Any with the runtime's options. An Any
 * decodes as BootstrapParams too, with its type in the place of the id: so id and namespace have to be those of the flags.
 * @throws SandshimError `invalid_argument` for anything else.
 */
export function parseStartInput(
  bytes: Uint8Array,
  expected: { readonly id: string; readonly namespace: string },
): StartInput {
  if (bytes.length === 0) return { options: [] };
  const params = decoded(BootstrapParams, bytes);
  if (params !== undefined && params.instanceId === expected.id && params.namespace === expected.namespace) {
    const options = params.extensions.flatMap((extension) => extension.value ?? []);
    return { options, params };
  }
  const any = decoded(Any, bytes);
  if (any === undefined || (any.typeUrl === '' && any.value.length === 0)) {
    throw new SandshimError('invalid_argument', 'stdin holds neither runtime options nor bootstrap parameters');
  }
  return { options: [any] };
}

function decoded<T>(codec: { decode(bytes: Uint8Array): T }, bytes: Uint8Array): T | undefined {
  try {
    return codec.decode(bytes);
  } catch {
    // Not this message; the caller tries the next.
    return undefined;
  }
}
