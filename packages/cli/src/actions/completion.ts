import { completionScript, isShell, shells } from '../completion/script.ts';
import { usageError } from '../errors/cli-error.ts';
import type { Action } from '../program/cli.ts';

/** `sandshim completion`: the script that a shell loads. */
export const completion: Action = async (cli, { args: [shell = ''] }) => {
  if (!isShell(shell))
    throw usageError(`no completion for ${JSON.stringify(shell)}; there is ${shells.join(', ')}`, {
      verb: 'completion',
    });
  const { verbs } = await import('../verbs/index.ts');
  cli.stdout.write(completionScript(shell, verbs));
  return 0;
};
