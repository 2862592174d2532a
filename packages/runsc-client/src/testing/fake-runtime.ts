import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandshimError } from '../errors.ts';
import type { ContainerId } from '../ids.ts';
import { parseOrUndefined } from '../json-stream.ts';
import { spawnCommand } from '../spawn-command.ts';
import { compileSteps, type FakeStep } from './fake-steps.ts';
import { killAllOf } from './kill-all-of.ts';
import { untilItExists } from './until-it-exists.ts';

// Between the arguments of a recorded call: a byte that no argument of ours holds.
const separator = '\u001f';

/** The commands of the runtime that the fake knows. */
export type FakeVerb =
  | 'create'
  | 'start'
  | 'run'
  | 'restore'
  | 'exec'
  | 'kill'
  | 'delete'
  | 'state'
  | 'list'
  | 'ps'
  | 'pause'
  | 'resume'
  | 'wait'
  | 'update'
  | 'checkpoint'
  | 'events'
  | 'version'
  | 'help';

export interface FakeRuleOptions {
  /** For this container alone. */
  readonly id?: ContainerId;
  /** For one call alone; else for every call from now on. */
  readonly once?: boolean;
}

/** A process that obeys {@link FakeRuntime.tell}, as the `args` of a container's or an exec's process. */
export function obedient(name: string): readonly string[] {
  return ['fake:wait', name];
}

/**
 * A runtime that needs no root: an executable named runsc or runc in a folder of its own, that runs the processes of its
 * containers on the host (the `args` of config.json or of the exec's process, or an {@link obedient} one), detached, with the
 * stdio that they were given, writes their pid files, and keeps their states. Rules change what a command does: fail,
 * hang, flood, log, wait for a gate. Disposing of it kills every process that it started and removes its folder.
 *
 * What it cannot do: terminals (`consoleSocket` is ignored), isolation, resources.
 */
export class FakeRuntime implements AsyncDisposable {
  readonly flavor: 'runsc' | 'runc';
  readonly folder: string;
  #rules = 0;

  private constructor(flavor: 'runsc' | 'runc', folder: string) {
    this.flavor = flavor;
    this.folder = folder;
  }

  /** Makes the folder, with the executable in it. */
  static async make(flavor: 'runsc' | 'runc'): Promise<FakeRuntime> {
    const fake = new FakeRuntime(flavor, await mkdtemp(join(tmpdir(), 'fake-runtime-')));
    const folders = ['containers', 'control', 'gates', 'rules'];
    await Promise.all(folders.map((name) => mkdir(join(fake.folder, name))));
    const parts = ['fake-processes.sh', 'fake-commands.sh'];
    await Promise.all(parts.map((name) => copyFile(script(name), join(fake.folder, name))));
    await copyFile(script('fake-runtime.sh'), fake.command);
    await chmod(fake.command, 0o755);
    return fake;
  }

  /** The executable's path, for a client's `command`. */
  get command(): string {
    return join(this.folder, this.flavor);
  }

  /**
   * From now on, `verb` does `steps`, and then what it does by default, unless they end it. Rules for one call are used
   * up in their order, before all others; of those for every call the newest counts.
   */
  async on(verb: FakeVerb, steps: readonly FakeStep[], options: FakeRuleOptions = {}): Promise<void> {
    this.#rules += 1;
    const number = options.once === true ? this.#rules : 1_000_000 - this.#rules;
    const order = `${options.once === true ? 0 : 1}-${String(number).padStart(7, '0')}`;
    const folder = join(this.folder, 'rules', options.id === undefined ? verb : `${verb}@${options.id}`);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${order}.${options.once === true ? 'once' : 'always'}`);
    await writeFile(`${file}.new`, compileSteps(steps, join(this.folder, 'gates')));
    await rename(`${file}.new`, file);
  }

  /** Takes all rules back. */
  async reset(): Promise<void> {
    await rm(join(this.folder, 'rules'), { recursive: true, force: true });
    await mkdir(join(this.folder, 'rules'));
  }

  /** Lets the commands through that wait at this gate, and all later ones. */
  async open(gate: string): Promise<void> {
    await writeFile(join(this.folder, 'gates', gate), '');
  }

  /** The argument vectors of all calls so far, without the executable. */
  async calls(): Promise<readonly (readonly string[])[]> {
    const text = await readFile(join(this.folder, 'calls'), 'utf8').catch(() => '');
    const lines = text.split(`${separator}\n`).slice(0, -1);
    return lines.map((line) => line.split(separator));
  }

  /** The resources that `update` was last given for this container. */
  async resources(id: ContainerId): Promise<unknown> {
    const text = await readFile(join(this.folder, 'containers', id, 'resources.json'), 'utf8');
    return parseOrUndefined(text);
  }

  /**
   * Orders an {@link obedient} process: `exit 7`, `kill TERM` (itself), `out TEXT`, `err TEXT`, `ignore TERM`,
   * `background 5` (leaves a child for 5 s that keeps the stdio open), `close` (its own stdio).
   */
  async tell(name: string, order: string): Promise<void> {
    const control = join(this.folder, 'control', name);
    await untilItExists(control);
    // The open waits in a process of its own for the one that reads.
    const write = spawnCommand({
      file: '/bin/sh',
      args: ['-c', 'printf "%s\\n" "$1" >"$2"', 'sh', order, control],
      maxCaptureBytes: 1_024,
      timeoutMs: 10_000,
    });
    const { exitCode, stderr } = await write.result;
    if (exitCode !== 0) throw new SandshimError('failed_precondition', `no process listens as ${name}: ${stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killAllOf(this.folder);
    await rm(this.folder, { recursive: true, force: true });
  }
}

// In the sources and in the published package the scripts lie at the same place, seen from here.
function script(name: string): string {
  return fileURLToPath(new URL(`../../src/testing/${name}`, import.meta.url));
}
