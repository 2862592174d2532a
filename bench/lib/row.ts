import type { Probe } from './alternate.ts';
import type { Subject } from './subject.ts';

/** One figure of a row. */
export interface FigureSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ms' | 'MiB' | 'MiB/s' | 'ms/GiB' | 'per s';
  readonly better: 'less' | 'more';
  /**
   * Where our shim without the control socket does not do what gVisor's Go shim does: that runs the runtime's command
   * (`floor`), or copies as only itself does (`none`).
   */
  readonly standIn?: 'floor' | 'none';
  /** The bound of ours / peer that the project has set itself, by the subject's id. */
  readonly target?: Readonly<Record<string, number>>;
}

/** Something to be measured: what gives its figures, and what they mean. */
export interface Row {
  readonly id: string;
  readonly figures: readonly FigureSpec[];
  /** Default: what the command line says. */
  readonly runs?: number;
  /** Default 2. */
  readonly warmUps?: number;
  /** A spare makes a difference to it. */
  readonly withSpares?: true;
  /** `undefined` where a subject has nothing to be measured in this row. */
  open(subject: Subject): Promise<Probe | undefined>;
}
