import { Command, Option } from 'commander';
import { usageError } from '../errors/cli-error.ts';
import { verbs } from '../verbs/index.ts';
import type { Cli, Invocation } from './cli.ts';
import { everyVerbOptions } from './common-options.ts';
import type { OptionSpec, Verb } from './verb.ts';

/**
 * The commander program for {@link verbs}. Parsing runs the chosen verb and hands its exit status to `onExit`; commander's own
 * failures are thrown as CommanderError.
 */
export function buildProgram(
  cli: Cli,
  options: { readonly version: string; readonly onExit: (status: number) => void },
): Command {
  const program = new Command('sandshim')
    .description('Run, inspect and debug sandboxed containers, with or without containerd.')
    .version(options.version, '-V, --version')
    .helpCommand('help [verb]', 'show the help of a verb')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void cli.stdout.write(text),
      // Failures are told by whoever runs the program.
      writeErr: () => undefined,
      getOutHelpWidth: () => cli.stdout.columns ?? 100,
      getOutHasColors: () => cli.style.isColorSupported,
    })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', '\nsandshim VERB --help shows an example of each verb.');
  for (const verb of verbs) {
    program.addCommand(buildVerb(verb, { cli, program, onExit: options.onExit }), { hidden: verb.hidden === true });
  }
  return program;
}

function buildVerb(
  verb: Verb,
  deps: { readonly cli: Cli; readonly program: Command; readonly onExit: (status: number) => void },
): Command {
  const command = new Command(verb.name).summary(verb.summary).helpGroup(`${verb.group}:`);
  command.description(verb.details === undefined ? `${verb.summary}.` : `${verb.summary}.\n\n${verb.details}`);
  for (const alias of verb.aliases ?? []) command.alias(alias);
  for (const argument of verb.args ?? []) command.argument(argument);
  for (const spec of [...verb.options, ...everyVerbOptions]) command.addOption(buildOption(spec));
  if (verb.passThrough === true) command.passThroughOptions();
  command.copyInheritedSettings(deps.program).addHelpText('after', exampleText(verb));
  command.action(async () => {
    const invocation: Invocation = { verb: verb.name, args: command.args, options: command.opts() };
    const run = await verb.load();
    deps.onExit((await run(deps.cli, invocation)) ?? 0);
  });
  return command;
}

function buildOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.repeatable === true) {
    option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  }
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.hidden === true) option.hideHelp();
  return option;
}

function exampleText(verb: Verb): string {
  if (verb.examples.length === 0) throw usageError(`verb ${verb.name} has no example`);
  const title = verb.examples.length === 1 ? 'Example:' : 'Examples:';
  const lines = verb.examples.map(({ command, note }) => `  $ ${command}\n      ${note}`);
  return `\n${title}\n${lines.join('\n')}`;
}
