import { SandshimError } from './errors.ts';

/** Subcommands and flags that not every supported version has; all others are taken for granted. */
export interface LaterParts {
  readonly verbs: readonly string[];
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

/** What came to runsc after December 2022. */
export const laterRunsc: LaterParts = {
  verbs: ['update', 'features', 'fscheckpoint', 'port-forward', 'tar'],
  flags: {
    create: ['fs-restore-image-path', 'fs-restore-direct'],
    run: ['pass-fd', 'exec-fd', 'fs-restore-image-path', 'fs-restore-direct'],
    exec: ['pass-fd', 'exec-fd'],
    kill: ['pgid'],
    wait: ['checkpoint', 'restore', 'fscheckpoint', 'fsrestore'],
    checkpoint: [
      'direct',
      'compression',
      'exclude-committed-zero-pages',
      'save-restore-exec-argv',
      'save-restore-exec-timeout',
      'cuda-checkpoint-path',
      'cuda-checkpoint-sequential',
    ],
    restore: ['direct', 'background'],
    debug: ['mount'],
  },
};

/** What came to runc after 1.0. */
export const laterRunc: LaterParts = {
  verbs: ['features'],
  flags: { create: ['pidfd-socket'], run: ['pidfd-socket', 'keep'], exec: ['pidfd-socket'] },
};

/** Asks a runtime for its help texts: all commands, or the flags of one. */
export type AskHelp = (verb: string | undefined) => Promise<string>;

/** What the installed version of a runtime has, asked once for each thing that it may lack. */
export class Capabilities {
  readonly #later: LaterParts;
  readonly #askHelp: AskHelp;
  readonly #askVersion: () => Promise<string>;
  readonly #answers = new Map<string, Promise<string>>();

  constructor(later: LaterParts, askHelp: AskHelp, askVersion: () => Promise<string>) {
    this.#later = later;
    this.#askHelp = askHelp;
    this.#askVersion = askVersion;
  }

  /** @throws SandshimError `unimplemented`, with the version, if the runtime lacks the subcommand or one of the flags in `args`. */
  async require(verb: string, args: readonly string[]): Promise<void> {
    if (this.#later.verbs.includes(verb) && !hasVerb(await this.#help(undefined), verb)) {
      throw new SandshimError('unimplemented', `${await this.version()} has no ${verb} command`);
    }
    const laterFlags = this.#later.flags[verb] ?? [];
    const wanted = args.flatMap((arg) => /^--([a-z-]+)/.exec(arg)?.[1] ?? []);
    for (const flag of wanted.filter((name) => laterFlags.includes(name))) {
      if (hasFlag(await this.#help(verb), flag)) continue;
      throw new SandshimError('unimplemented', `${await this.version()} has no option --${flag} of ${verb}`);
    }
  }

  /** Name and version, for messages. */
  version(): Promise<string> {
    return this.#once('version', () => this.#askVersion());
  }

  #help(verb: string | undefined): Promise<string> {
    return this.#once(verb === undefined ? 'commands' : `flags of ${verb}`, () => this.#askHelp(verb));
  }

  #once(key: string, ask: () => Promise<string>): Promise<string> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    // What failed once may work the next time.
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}

function hasVerb(help: string, verb: string): boolean {
  return help.split('\n').some((line) => line.trim().split(/[\s,]+/)[0] === verb);
}

function hasFlag(help: string, flag: string): boolean {
  return help.split('\n').some((line) => /^--?([a-z-]+)/.exec(line.trim())?.[1] === flag);
}
