import { dirname, isAbsolute, join, matchesGlob } from 'node:path';
import type { Host } from '../host/host.ts';
import { type ContainerdConfig, parseContainerdConfig } from './containerd-config.ts';

/** One configuration file of containerd, or why it could not be read. */
export type LoadedConfig =
  | { readonly path: string; readonly config: ContainerdConfig }
  | { readonly path: string; readonly error: string };

/** containerd's configuration and the files that it imports; empty when there is none (containerd then has its defaults). */
export async function loadContainerdConfig(host: Host, path: string): Promise<readonly LoadedConfig[]> {
  const main = await loadOne(host, path);
  if (main === undefined) return [];
  if ('error' in main) return [main];
  const imported: LoadedConfig[] = [];
  for (const pattern of main.config.imports) {
    const absolute = isAbsolute(pattern) ? pattern : join(dirname(path), pattern);
    for (const name of await host.list(dirname(absolute))) {
      const candidate = join(dirname(absolute), name);
      const loaded = matchesGlob(candidate, absolute) ? await loadOne(host, candidate) : undefined;
      if (loaded !== undefined) imported.push(loaded);
    }
  }
  return [main, ...imported];
}

async function loadOne(host: Host, path: string): Promise<LoadedConfig | undefined> {
  const source = await host.readText(path);
  if (source === undefined) return undefined;
  try {
    return { path, config: parseContainerdConfig(source) };
  } catch (error) {
    return { path, error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
