import type { ProcessIo } from '@sandshim/io';
import type { CallOptions, ExecId, OciProcess, Pid } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';

/** An exec that its runtime has started. Disposing of it ends what watches it. */
export interface StartedExec extends Disposable {
  /** To be told: its own or, for runsc, that of the `runsc exec` process that stands for it, else the sandbox's. */
  readonly pid: Pid;
  /** A process on the host that ends with it; absent where none stands for it. */
  readonly hostPid?: Pid;
  /** The pid that the runtime's `ps` lists: inside the sandbox for runsc, the host's for runc. */
  readonly listedPid: number;
  readonly exit: Promise<ProcessExit>;
}

export interface StartExecRequest {
  readonly id: ExecId;
  readonly process: OciProcess;
  readonly io: ProcessIo;
  readonly call: CallOptions;
}

/** How a container's sandbox ends, below runsc; `undefined` while there is none. */
export type SandboxExit = Promise<ProcessExit> | undefined;
