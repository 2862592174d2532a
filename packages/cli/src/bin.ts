#!/usr/bin/env node
import { cliVersion } from './version.ts';

// Everything else is loaded only when it is asked for: this file is what each start of the command pays.
const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${cliVersion()}\n`);
} else {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
}
