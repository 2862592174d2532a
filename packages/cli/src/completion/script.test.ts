import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { verbs } from '../verbs/index.ts';
import { completionScript } from './script.ts';

function complete(...words: readonly string[]): readonly string[] {
  const script = `${completionScript('bash', verbs)}
sandshim() { [ "$*" = "ps -q" ] && echo web-1 web-2 db; }
COMP_WORDS=(sandshim ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _sandshim
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

test('bash completes verbs, their options, and the ids of containers', () => {
  expect(complete('st')).toEqual(['start', 'stats', 'stop']);
  expect(complete('stats', '--no')).toEqual(['--no-stream']);
  expect(complete('exec', 'web')).toEqual(['web-1', 'web-2']);
  expect(complete('doctor', 'w')).toEqual([]);
  expect(complete('__')).toEqual([]);
});

test('zsh has the same, and fish a line for every option', () => {
  expect(completionScript('zsh', verbs)).toMatch(/^#compdef sandshim\n/);
  const fish = completionScript('fish', verbs);
  expect(fish).toContain("complete -c sandshim -n '__fish_seen_subcommand_from stats' -l no-stream -d");
  expect(fish).not.toContain('__watch');
});
