import type { Host } from '../host/host.ts';
import type { Style } from '../output/style.ts';

/** Everything a verb gets from its surroundings. Tests pass their own. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Colours for stdout. */
  readonly style: Style;
  readonly host: Host;
  readonly now: () => Date;
  readonly uid: number;
  /**
   * Gives the verb every signal that would end this process, and SIGWINCH and SIGCONT, until disposed. A verb that does not take
   * them is ended by them, as any command is.
   */
  readonly takeSignals: (handler: (signal: NodeJS.Signals) => void) => Disposable;
}

/** A verb as it was called. */
export interface Invocation {
  readonly verb: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a verb does; its answer is the exit status, 0 unless given. */
export type Action = (cli: Cli, invocation: Invocation) => Promise<number | undefined>;
