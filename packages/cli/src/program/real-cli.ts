import { createHost } from '../host/real-host.ts';
import { createStyle } from '../output/style.ts';
import type { Cli } from './cli.ts';

const takenSignals = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGWINCH',
] as const;

/** The surroundings of a real command: this process. */
export function createCli(owner: NodeJS.Process): Cli {
  return {
    env: owner.env,
    stdin: owner.stdin,
    stdout: owner.stdout,
    stderr: owner.stderr,
    style: createStyle(owner.stdout, owner.env),
    host: createHost(),
    now: () => new Date(),
    uid: owner.getuid?.() ?? -1,
    takeSignals: (handler) => {
      for (const name of takenSignals) owner.on(name, handler);
      return {
        [Symbol.dispose]: () => {
          for (const name of takenSignals) owner.off(name, handler);
        },
      };
    },
  };
}
