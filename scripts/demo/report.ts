import pc from 'picocolors';
import type { CtrResult } from '../../tests/support/index.ts';

/** What the demo writes for a reader; it remembers what did not hold. */
export class Report {
  readonly failures: string[] = [];

  title(text: string): void {
    process.stdout.write(`\n${pc.bold(text)}\n`);
  }

  /** A command in the container, and all that came of it. */
  command(command: string, ran: CtrResult & { readonly ms: number }, before = ''): void {
    process.stdout.write(
      `\n  ${pc.dim('$')} ${before}ctr run --rm --runtime io.containerd.runsc.v1 … ${pc.cyan(command)}\n`,
    );
    this.#lines(ran.stdout, (line) => line);
    this.#lines(ran.stderr, pc.yellow);
    process.stdout.write(`    ${pc.dim(`exit status ${ran.exitCode}, ${ran.ms.toFixed(0)} ms`)}\n`);
  }

  check(what: string, holds: boolean): void {
    if (!holds) this.failures.push(what);
    process.stdout.write(`  ${holds ? pc.green('✔') : pc.red('✘')} ${what}\n`);
  }

  figure(name: string, value: string): void {
    process.stdout.write(`  ${name.padEnd(48)} ${pc.bold(value)}\n`);
  }

  #lines(text: string, paint: (line: string) => string): void {
    for (const line of text.trimEnd().split('\n').slice(0, 20)) {
      if (line !== '') process.stdout.write(`    ${paint(line)}\n`);
    }
  }
}
