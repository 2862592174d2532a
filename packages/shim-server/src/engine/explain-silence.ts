import { type Runtime, RuntimeCommandError, SandshimError } from '@sandshim/runsc-client';

// Go's flag package ends a program so whose command line it does not understand.
const usage = 2;
const timeoutMs = 5_000;

/**
 * Why a runtime failed that said nothing to us. It tells of a flag that it does not know on its stderr, which is the
 * container's own; another command with the same flags, whose stderr is ours, says it again.
 */
export async function explainSilence(failure: unknown, runtime: Runtime): Promise<unknown> {
  if (!RuntimeCommandError.is(failure)) return failure;
  const { exitCode, runtimeMessage } = failure;
  if (exitCode !== usage || runtimeMessage !== undefined) return failure;
  try {
    await runtime.list({ timeoutMs });
    return failure;
  } catch (cause) {
    const { message } = SandshimError.from(cause);
    return new SandshimError('invalid_argument', `${failure.message}; ${message}`, { cause });
  }
}
