import { type ContainerdVersion, containerdVersions } from './containerd/version.ts';

/** A shim as containerd names it, and the runtime that it drives. */
export interface ShimUnderTest {
  readonly type: string;
  readonly runtime: 'runsc' | 'runc';
}

/** One combination that a suite runs in. */
export interface MatrixCase {
  /** "containerd 1.6, runsc, ttrpc". */
  readonly name: string;
  readonly version: ContainerdVersion;
  readonly shim: ShimUnderTest;
  readonly transport: 'ttrpc' | 'grpc';
}

const sandshim: readonly ShimUnderTest[] = [
  { type: 'io.containerd.runsc.v1', runtime: 'runsc' },
  { type: 'io.containerd.sandshim-runc.v2', runtime: 'runc' },
];

/** containerd's own runc shim: the same suites hold for it, which tells a wrong test from a wrong shim. */
const peer: readonly ShimUnderTest[] = [{ type: 'io.containerd.runc.v2', runtime: 'runc' }];

/** True while the suites are held against containerd's own shim instead of ours: SANDSHIM_TEST_SHIM=peer. */
export const againstPeer: boolean = process.env['SANDSHIM_TEST_SHIM'] === 'peer';

/** Every containerd, both runtimes, and both transports where containerd has them. */
export const matrix: readonly MatrixCase[] = containerdVersions.flatMap((version) =>
  (againstPeer ? peer : sandshim).flatMap((shim) =>
    transportsOf(version).map((transport) => ({
      name: `containerd ${version}, ${shim.runtime}, ${transport}`,
      version,
      shim,
      transport,
    })),
  ),
);

/** One case per runtime: for what containerd's version has no part in. */
export const oncePerRuntime: readonly MatrixCase[] = matrix.filter(
  ({ version, transport }) => version === '1.6' && transport === 'ttrpc',
);

/** Every containerd and runtime over ttrpc: for what the transport has no part in. */
export const overTtrpc: readonly MatrixCase[] = matrix.filter(({ transport }) => transport === 'ttrpc');

/**
 * gRPC shims exist from containerd 1.7 on. From 2.1 on containerd takes a gRPC shim for dead before it has called it (its
 * new client begins idle, and idle is what its watcher waits for), so there is nothing to hold a shim against there.
 */
function transportsOf(version: ContainerdVersion): readonly ('ttrpc' | 'grpc')[] {
  return version === '1.7' && !againstPeer ? ['ttrpc', 'grpc'] : ['ttrpc'];
}
