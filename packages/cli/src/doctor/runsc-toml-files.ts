import type { DoctorContext } from './check.ts';
import { loadContainerdConfig } from './load-config.ts';
import { inspectRunscToml, type RunscToml } from './runsc-toml.ts';

/** Every TOML that a runsc shim on this machine reads: the default one, and those that containerd's configuration names. */
export async function runscTomlFiles(
  context: DoctorContext,
): Promise<readonly { readonly path: string; readonly toml: RunscToml }[]> {
  const { host, paths } = context;
  const loaded = await loadContainerdConfig(host, paths.containerdConfig);
  const named = loaded.flatMap((each) => ('config' in each ? each.config.runtimes : []));
  const candidates = new Set([paths.runscToml, ...named.flatMap(({ configPath }) => configPath ?? [])]);
  const files: { path: string; toml: RunscToml }[] = [];
  for (const path of candidates) {
    const source = await host.readText(path);
    if (source !== undefined) files.push({ path, toml: inspectRunscToml(source) });
  }
  return files;
}
