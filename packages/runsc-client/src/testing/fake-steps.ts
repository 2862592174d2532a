import { join } from 'node:path';

/** One thing that a command of the fake runtime does instead of, or before, what it does by default. */
export type FakeStep =
  /** Writes to stdout or stderr, as it is. */
  | { readonly do: 'print'; readonly text: string; readonly to?: 'stdout' | 'stderr' }
  /** Writes that many bytes, in lines. */
  | { readonly do: 'flood'; readonly bytes: number; readonly to?: 'stdout' | 'stderr' }
  /** Adds a record to the runtime's log, as runsc (no newline) or runc (newline) would. */
  | { readonly do: 'log'; readonly message: string; readonly level?: string }
  /** Adds text to the runtime's log, as it is. */
  | { readonly do: 'log-text'; readonly text: string }
  /** Writes the bytes of a file. */
  | { readonly do: 'file'; readonly path: string; readonly to: 'stdout' | 'stderr' | 'log' }
  | { readonly do: 'sleep'; readonly ms: number }
  /** Waits until the test opens this gate. */
  | { readonly do: 'gate'; readonly name: string }
  /** Never ends by itself; with `stubborn`, not by SIGTERM either. */
  | { readonly do: 'hang'; readonly stubborn?: boolean }
  /** Prints and logs the message as the runtime does, and ends with the status of its failures. */
  | { readonly do: 'fail'; readonly message: string }
  | { readonly do: 'exit'; readonly code: number }
  /** Ends by a signal, without a word. */
  | { readonly do: 'die'; readonly signal: 'KILL' | 'TERM' | 'SEGV' | 'PIPE' }
  /** Writes a file; `$pid_file` and `$bundle` in the path are this call's own. */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  /** Leaves a child of the command that holds its descriptors open for so long. */
  | { readonly do: 'leave-child'; readonly ms: number }
  /** What the command does without a rule; further steps come after it. */
  | { readonly do: 'default' };

/** The steps as a piece of shell, to be read by the fake runtime's script. */
export function compileSteps(steps: readonly FakeStep[], gates: string): string {
  return `${steps.map((step) => compileStep(step, gates)).join('\n')}\n`;
}

/** `text` as one word of the shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function compileStep(step: FakeStep, gates: string): string {
  switch (step.do) {
    case 'print':
      return `printf '%s' ${shellQuote(step.text)}${redirection(step.to ?? 'stdout')}`;
    case 'flood':
      return `yes 'this is one line of a flood' | head -c ${step.bytes}${redirection(step.to ?? 'stderr')}`;
    case 'log':
      return `log_record ${shellQuote(step.level ?? 'error')} ${shellQuote(step.message)}`;
    case 'log-text':
      return `[ -z "$log" ] || printf '%s' ${shellQuote(step.text)} >>"$log"`;
    case 'file':
      if (step.to === 'log') return `[ -z "$log" ] || cat ${shellQuote(step.path)} >>"$log"`;
      return `cat ${shellQuote(step.path)}${redirection(step.to)}`;
    case 'sleep':
      return `sleep ${step.ms / 1_000}`;
    case 'gate':
      return `while [ ! -e ${shellQuote(join(gates, step.name))} ]; do sleep 0.01; done`;
    case 'hang':
      return step.stubborn === true ? `trap '' TERM INT HUP; while :; do sleep 1000; done` : 'exec sleep 1000000';
    case 'fail':
      return `fail ${shellQuote(step.message)}`;
    case 'exit':
      return `exit ${step.code}`;
    case 'die':
      return `kill -s ${step.signal} $$`;
    case 'write':
      return `printf '%s' ${shellQuote(step.text)} >"${step.path.replaceAll(/["`\\]/g, '\\$&')}"`;
    case 'leave-child':
      return `sleep ${step.ms / 1_000} &`;
    case 'default':
      return 'default';
  }
}

function redirection(to: 'stdout' | 'stderr'): string {
  return to === 'stderr' ? ' >&2' : '';
}
