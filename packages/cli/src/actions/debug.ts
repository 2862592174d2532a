import { resolve } from 'node:path';
import { type DebugOptions, parseContainerId, SandshimError } from '@sandshim/runsc-client';
import { sandboxRuntime } from '../debug/sandbox-runtime.ts';
import { CliError, usageError } from '../errors/cli-error.ts';
import { withProgress } from '../output/progress.ts';
import type { Action, Invocation } from '../program/cli.ts';
import { durationMs, flag, text } from '../program/options.ts';
import { findTask } from '../tasks/scope.ts';

const defaultDurationMs = 5000;

/** `sandshim debug`: looks into a runsc sandbox, or changes what it logs. */
export const debug: Action = async (cli, invocation) => {
  const options = parseDebugOptions(invocation);
  const task = await findTask(cli, invocation, invocation.args[0] ?? '');
  const runsc = await sandboxRuntime(cli.host, task);
  const answer = await withProgress(cli, `asking the sandbox of ${task.id}`, () =>
    runsc.debug(parseContainerId(task.id), options).catch((cause: unknown) => {
      throw isProfile(options) && SandshimError.from(cause).code === 'unimplemented'
        ? notPrepared(task.id, cause)
        : cause;
    }),
  );
  cli.stdout.write(answer.endsWith('\n') || answer === '' ? answer : `${answer}\n`);
  return 0;
};

const isProfile = ({ profileCpu, profileHeap, profileBlock, profileMutex, trace }: DebugOptions): boolean =>
  [profileCpu, profileHeap, profileBlock, profileMutex, trace].some((file) => file !== undefined);

function notPrepared(id: string, cause: unknown): CliError {
  return new CliError('failed_precondition', `the sandbox of ${id} was not prepared for profiles`, {
    advice: 'start it with profile = "true" in [runsc_config] of its runsc.toml: sandshim run --runtime-config FILE …',
    cause,
  });
}

/** @throws CliError `invalid_argument` when nothing is asked for. */
export function parseDebugOptions({ options }: Invocation): DebugOptions {
  const level = text(options, 'logLevel');
  const strace = text(options, 'strace');
  const profiles = {
    ...fileOption(options, 'profileCpu'),
    ...fileOption(options, 'profileHeap'),
    ...fileOption(options, 'profileBlock'),
    ...fileOption(options, 'profileMutex'),
    ...fileOption(options, 'trace'),
  };
  const asked: DebugOptions = {
    ...(flag(options, 'stacks') ? { stacks: true } : {}),
    ...(flag(options, 'ps') ? { ps: true } : {}),
    ...(Object.keys(profiles).length === 0
      ? {}
      : { ...profiles, durationMs: durationMs(options, 'duration') ?? defaultDurationMs }),
    // A heap profile is of a moment, by default of one an hour ahead.
    ...(profiles['profileHeap'] === undefined ? {} : { delayMs: 1 }),
    ...(level === 'warning' || level === 'info' || level === 'debug' ? { logLevel: level } : {}),
    ...(strace === undefined ? {} : { strace: strace === 'all' || strace === 'off' ? strace : strace.split(',') }),
  };
  if (Object.keys(asked).length === 0) {
    throw usageError('say what to look at: --stacks, --ps, --profile-cpu FILE, --log-level LEVEL, …', {
      verb: 'debug',
    });
  }
  return asked;
}

function fileOption(options: Invocation['options'], name: string): Readonly<Record<string, string>> {
  const path = text(options, name);
  return path === undefined ? {} : { [name]: resolve(path) };
}
