import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { type Check, fail, ok } from '../check.ts';
import { runscTomlFiles } from '../runsc-toml-files.ts';

/** The shim's TOML for runsc says what the shim and runsc understand. */
export const runscTomlCheck: Check = {
  id: 'runsc-toml',
  title: 'runsc.toml',
  probe: async (context) => {
    const { host, env } = context;
    const searchPath = `${env['PATH'] ?? ''}:${defaultPath}`;
    const files = await runscTomlFiles(context);
    const findings = await Promise.all(
      files.map(async ({ path, toml }) => {
        const problems = [...toml.problems];
        const name = toml.binaryName;
        if (name !== undefined && (await findExecutable(host, { name, searchPath })) === undefined) {
          problems.push(`binary_name names ${name}, which does not exist`);
        }
        return problems.map((problem) =>
          fail(`${path}: ${problem}`, `correct that line of ${path}; new containers then use it`),
        );
      }),
    );
    if (findings.flat().length > 0) return findings.flat();
    return files.length === 0 ? [] : [ok(files.map(({ path }) => path).join(', '))];
  },
};
