import { join } from 'node:path';
import type { Containerd } from './containerd/start.ts';
import { containerdFolder } from './containerd/version.ts';
import { type Session, startSession } from './session.ts';
import { startOnTerminal } from './terminal-session.ts';

/** `ctr …` that stays and is talked with: `events`, `task attach`. */
export function ctrSession(containerd: Containerd, args: readonly string[]): Session {
  const [program, ...first] = ctrCommand(containerd);
  return startSession(program, [...first, ...args]);
}

/** The same on a terminal of this size. */
export function ctrOnTerminal(containerd: Containerd, args: readonly string[]): Promise<Session> {
  const [program, ...first] = ctrCommand(containerd);
  return startOnTerminal([program, ...first, ...args], { size: terminalSize });
}

export const terminalSize = { rows: 33, columns: 77 } as const;

function ctrCommand({ version, paths, namespace }: Containerd): [string, ...string[]] {
  return [join(containerdFolder(version), 'ctr'), '--address', paths.address, '--namespace', namespace];
}
