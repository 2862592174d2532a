export { main, runReporting } from './main.ts';
export type { Cli } from './program/cli.ts';
export { cliVersion } from './version.ts';
