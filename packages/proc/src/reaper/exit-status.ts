import type { ChildExit } from '@sandshim/io/sys';
import type { ProcessExit } from '../container.ts';

/** The status of a process that SIGKILL ended. */
export const killedStatus = 128 + 9;

/** The status where nobody can know it: containerd's own for that case. */
export const unknownStatus = 255;

/** A shell's convention, which containerd keeps: 128 + n for signal n. */
export function exitOfChild(child: ChildExit, exitedAt: Date): ProcessExit {
  return { status: child.kind === 'exited' ? child.code : 128 + child.signal, exitedAt };
}

/** Of a process that vanished without this process being its parent. */
export function lostExit(exitedAt: Date): ProcessExit {
  return { status: unknownStatus, exitedAt };
}

/** The status of a process that its runtime could not start: runsc's own for its failures. */
export const failedStartStatus = 128;

/** The status that runsc's commands report when the sandbox went away below them. */
export const sandboxGoneStatus = 128;
