import { type LaterSuites, laterSuitesFolders } from '../../scripts/setup/later-suites.ts';

/** The programs of later Debian suites that the set-up has unpacked (`npm run test:integration` does it first). */
export function laterSuites(): LaterSuites {
  return laterSuitesFolders();
}
