import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { type Check, type DoctorContext, type Finding, fail, ok } from '../check.ts';
import type { ConfiguredRuntime } from '../containerd-config.ts';
import { loadContainerdConfig } from '../load-config.ts';

/** Every binary and file that containerd's table of runtimes names is there. */
export const containerdConfigCheck: Check = {
  id: 'containerd-config',
  title: 'containerd configuration',
  probe: async (context) => {
    const loaded = await loadContainerdConfig(context.host, context.paths.containerdConfig);
    const findings: Finding[] = [];
    let runtimes = 0;
    for (const each of loaded) {
      if ('error' in each) {
        findings.push(
          fail(`${each.path}: ${each.error}`, `mend the TOML in ${each.path}, then systemctl restart containerd`),
        );
        continue;
      }
      for (const runtime of each.config.runtimes) {
        runtimes += 1;
        findings.push(...(await probeRuntime(context, { runtime, file: each.path })));
      }
    }
    if (findings.length > 0) return findings;
    return loaded.length === 0 ? [] : [ok(`${context.paths.containerdConfig}, ${runtimes} CRI runtimes`)];
  },
};

async function probeRuntime(
  { host, env }: DoctorContext,
  { runtime, file }: { readonly runtime: ConfiguredRuntime; readonly file: string },
): Promise<readonly Finding[]> {
  const searchPath = `${env['PATH'] ?? ''}:${defaultPath}`;
  const findings: Finding[] = [];
  const missing = (key: string, value: string): void => {
    const advice = `put ${value} there, or change ${key} of runtime ${runtime.name} in ${file}`;
    findings.push(fail(`${file}: ${key} of runtime ${runtime.name} names ${value}, which does not exist`, advice));
  };
  const { runtimePath, binaryName, configPath, runtimeType } = runtime;
  if (runtimePath !== undefined && !(await host.isExecutable(runtimePath))) missing('runtime_path', runtimePath);
  if (binaryName !== undefined && (await findExecutable(host, { name: binaryName, searchPath })) === undefined) {
    missing('BinaryName', binaryName);
  }
  if (configPath !== undefined && (await host.info(configPath)) === undefined) missing('ConfigPath', configPath);
  const binary = runtimePath === undefined ? shimBinary(runtimeType) : undefined;
  if (binary !== undefined && (await findExecutable(host, { name: binary, searchPath })) === undefined) {
    missing('runtime_type', binary);
  }
  return findings;
}

// containerd turns io.containerd.NAME.VERSION into containerd-shim-NAME-VERSION.
function shimBinary(runtimeType: string | undefined): string | undefined {
  if (runtimeType === undefined || runtimeType.startsWith('/')) return runtimeType;
  const parts = runtimeType.split('.');
  const [name, version] = parts.slice(-2);
  return name === undefined || version === undefined ? undefined : `containerd-shim-${name}-${version}`;
}
