import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle } from '../../create-bundle.ts';
import { parseContainerId } from '../../ids.ts';
import type { Runtime } from '../../runtime.ts';
import type { ComplianceSubject } from './subject.ts';

/** A subject around the runtime that `makeRuntime` makes for a root; all containers of the root go with it. */
export async function makeSubject(
  makeRuntime: (root: string) => Runtime | Promise<Runtime>,
  rootfs: string,
): Promise<ComplianceSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'compliance-'));
  const runtime = await makeRuntime(join(folder, 'root'));
  let bundles = 0;
  return {
    runtime,
    folder,
    bundle: async (args) => {
      bundles += 1;
      const user = { uid: 0, gid: 0 };
      return (await createBundle({ rootfs, args, user, folder: join(folder, `bundle-${bundles}`) })).path;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { id } of await runtime.list()) await runtime.delete(parseContainerId(id), { force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
