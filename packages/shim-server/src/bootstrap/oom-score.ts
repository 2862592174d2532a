import { readFileSync, writeFileSync } from 'node:fs';

const maxScore = 1000;

/**
 * Makes this process one step likelier to be killed for memory than containerd, as containerd's own shim does; Node's
 * children inherit it and runtimes set their containers' own. Lowering a score needs a capability that a container lacks.
 * @returns what went wrong, or undefined: never a reason to fail.
 */
export function adoptOomScore(callerPid: number): string | undefined {
  try {
    const score = Number.parseInt(readFileSync(`/proc/${callerPid}/oom_score_adj`, 'utf8'), 10);
    writeFileSync('/proc/self/oom_score_adj', String(Math.min(score + 1, maxScore)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
