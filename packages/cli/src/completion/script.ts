import { everyVerbOptions } from '../program/common-options.ts';
import type { Verb } from '../program/verb.ts';

/** The shells that there is a completion for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function isShell(text: string): text is Shell {
  return shells.some((shell) => shell === text);
}

/** The script for a shell: verbs, their options, and the ids of containers where a verb takes them. */
export function completionScript(shell: Shell, verbs: readonly Verb[]): string {
  const visible = verbs.filter(({ hidden }) => hidden !== true);
  switch (shell) {
    case 'bash':
      return bashScript(visible);
    case 'zsh':
      // zsh runs bash's completions once it is asked to.
      return `#compdef sandshim\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(visible)}`;
    case 'fish':
      return fishScript(visible);
  }
}

interface Completable {
  readonly names: readonly string[];
  readonly flags: readonly {
    readonly short: string | undefined;
    readonly long: string;
    readonly description: string;
  }[];
  readonly takesId: boolean;
  readonly summary: string;
}

function completable(verb: Verb): Completable {
  const options = [...verb.options, ...everyVerbOptions].filter(({ hidden }) => hidden !== true);
  return {
    names: [verb.name, ...(verb.aliases ?? [])],
    flags: options.map(({ flags, description }) => ({
      short: /(?:^|\s)-(\w)\b/.exec(flags)?.[1],
      long: /--([\w-]+)/.exec(flags)?.[1] ?? '',
      description,
    })),
    takesId: verb.args?.[0]?.includes('id') === true && verb.name !== 'shims',
    summary: verb.summary,
  };
}

function bashScript(verbs: readonly Verb[]): string {
  const all = verbs.map(completable);
  const cases = all.map(({ names, flags, takesId }) => {
    const words = flags.map(({ long }) => `--${long}`).join(' ');
    return `    ${names.join('|')}) flags="${words}" ids=${takesId ? 1 : 0} ;;`;
  });
  return `_sandshim() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} flags= ids=0
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${all.flatMap(({ names }) => names).join(' ')}" -- "$current"))
    return
  fi
  case $verb in
${cases.join('\n')}
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) [ "$ids" = 1 ] && COMPREPLY=($(compgen -W "$(sandshim ps -q 2>/dev/null)" -- "$current")) ;;
  esac
}
complete -o default -F _sandshim sandshim
`;
}

function fishScript(verbs: readonly Verb[]): string {
  const lines = verbs.map(completable).flatMap(({ names, flags, takesId, summary }) => {
    const seen = `__fish_seen_subcommand_from ${names.join(' ')}`;
    return [
      `complete -c sandshim -n __fish_use_subcommand -f -a ${names[0]} -d ${quote(summary)}`,
      ...flags.map(({ short, long, description }) => {
        const name = `${short === undefined ? '' : `-s ${short} `}-l ${long}`;
        return `complete -c sandshim -n ${quote(seen)} ${name} -d ${quote(description)}`;
      }),
      ...(takesId ? [`complete -c sandshim -n ${quote(seen)} -f -a '(sandshim ps -q 2>/dev/null)'`] : []),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
