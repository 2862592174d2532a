import type { ProcessIo } from '@sandshim/io';
import type { ContainerId, Pid } from '@sandshim/runsc-client';
import type { ContainerEvent } from '../container.ts';
import type { CreateContainerOptions, ProcDeps, ProcLimits } from '../create-options.ts';

/** What the processes of one container share. */
export interface ContainerContext {
  readonly id: ContainerId;
  readonly bundle: string;
  readonly options: CreateContainerOptions;
  readonly deps: ProcDeps;
  readonly limits: ProcLimits;
  /** False for a container in another's sandbox. */
  readonly sandboxRoot: boolean;
  /** The spec's linux.cgroupsPath. */
  readonly cgroupsPath?: string;
  /** Whether the kernel, or the sandbox, kills every process with the container's init. */
  readonly endsWithInit: boolean;
  emit(event: ContainerEvent): void;
  warn(message: string, cause: unknown): void;
  now(): Date;
  /** kill(2); false if there is no such process. */
  kill(pid: Pid, signal: number): boolean;
}

/** The bounds where nobody set others. */
export const defaultLimits: ProcLimits = { drainMs: 10_000, commandMs: 60_000, execExitMs: 5_000 };

/** The bound of one runtime command: the caller's, else the default. */
export function callOptions<Options extends { readonly signal?: AbortSignal; readonly timeoutMs?: number }>(
  { limits }: Pick<ContainerContext, 'limits'>,
  options: Options | undefined,
): { readonly timeoutMs: number; readonly signal?: AbortSignal } {
  const signal = options?.signal;
  return { timeoutMs: options?.timeoutMs ?? limits.commandMs, ...(signal === undefined ? {} : { signal }) };
}

/** The ends of an io that a runtime's command is given. */
export type RuntimeEnds = Pick<ProcessIo, 'stdio' | 'consoleSocket'>;

/** `stdio` or `consoleSocket` for a runtime command, whichever the io has. */
export function connections(io: RuntimeEnds): {
  readonly stdio?: NonNullable<ProcessIo['stdio']>;
  readonly consoleSocket?: string;
} {
  return {
    ...(io.stdio === undefined ? {} : { stdio: io.stdio }),
    ...(io.consoleSocket === undefined ? {} : { consoleSocket: io.consoleSocket }),
  };
}
