import { join } from 'node:path';
import process from 'node:process';
import type { RunscGlobals } from '../args/runsc-args.ts';
import type { ExecConfiguration } from './start-process.ts';

/** What of runsc's global options counts for its control socket. */
export interface RunscConfiguration {
  readonly root: string;
  /** `undefined` where the options cannot be read for sure: then execs are left to the command line. */
  readonly exec: ExecConfiguration | undefined;
}

/** Reads the options that the runsc commands are given. */
export function runscConfiguration(globals: RunscGlobals): RunscConfiguration {
  const extra = globals.extraGlobals ?? [];
  const clear = !extra.some((argument) => /^--?(?:root|net-raw|rootless|TESTONLY)/.test(argument));
  const flags = globals.flags ?? {};
  const exec = { netRaw: flags['net-raw'] === true, rootless: flags['rootless'] === true };
  return { root: globals.root ?? defaultRoot(), exec: clear ? exec : undefined };
}

function defaultRoot(): string {
  const runtimeFolder = process.env['XDG_RUNTIME_DIR'];
  return runtimeFolder === undefined || runtimeFolder === '' ? '/var/run/runsc' : join(runtimeFolder, 'runsc');
}
