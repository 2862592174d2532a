#!/usr/bin/env node
import { cliVersion } from './version.ts';

// Everything else is loaded only when it is asked for: this file is what each start of the command pays.
const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${cliVersion()}\n`);
} else if (first === '__log') {
  // How a shim calls us for a detached container: containerd's protocol for logging programs.
  const { runLogProgram } = await import('./logs/log-program.ts');
  await runLogProgram(rest[0] ?? '');
} else {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
}
