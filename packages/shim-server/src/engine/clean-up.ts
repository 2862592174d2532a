import { openSys } from '@sandshim/io/sys';
import { cleanUpContainer } from '@sandshim/proc';
import type { Remains } from '../bootstrap/program.ts';
import type { Logger } from '../log/logger.ts';
import { loadRuntimeOptions } from '../options/load-runtime-options.ts';
import type { RuntimeName } from '../options/runtime-options.ts';
import { readForeignState } from './foreign-state.ts';
import { makeRuntime, runtimeState } from './make-runtime.ts';

// containerd gives a delete action five seconds.
const timeoutMs = 4_000;

/** Removes what is left of a container of which nobody takes care any more, whoever made it. */
export async function cleanUp(
  remains: Remains,
  { runtime, logger }: { readonly runtime: RuntimeName; readonly logger: Logger },
): Promise<void> {
  const { bundle, id } = remains;
  const warn = (message: string): void => logger.log('warn', message);
  await cleanUpContainer(bundle, {
    id,
    sys: await openSys(),
    timeoutMs,
    onWarning: warn,
    runtimeFor: (saved) => {
      if (saved !== undefined) return makeRuntime(saved, { bundle });
      const options = readForeignState(bundle, warn) ?? loadRuntimeOptions(undefined, { runtime, bundle, warn });
      return makeRuntime(runtimeState(options, remains), { bundle });
    },
  });
}
