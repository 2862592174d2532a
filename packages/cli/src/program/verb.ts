import type { Action } from './cli.ts';

export interface OptionSpec {
  /** As commander reads it: `-n, --namespace <name>`. */
  readonly flags: string;
  readonly description: string;
  /** The option may be given several times; the verb gets an array. */
  readonly repeatable?: boolean;
  readonly hidden?: boolean;
  readonly choices?: readonly string[];
}

export interface Example {
  readonly command: string;
  readonly note: string;
}

/** A verb of the command line, as data: the program, the help, the completion and the README's table are made from it. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: 'Run containers' | 'See containers' | 'Act on containers' | 'Look after the host';
  /** Not in the help: sandshim calls it itself. */
  readonly hidden?: boolean;
  readonly summary: string;
  readonly details?: string;
  /** As commander reads them: `<id>`, `[ids...]`. */
  readonly args?: readonly string[];
  /** Options are read only before the first argument; what follows belongs to the container's command. */
  readonly passThrough?: boolean;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  readonly load: () => Promise<Action>;
}
