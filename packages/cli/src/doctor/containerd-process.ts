import type { Host } from '../host/host.ts';

/** A running containerd. */
export interface ContainerdProcess {
  readonly pid: number;
  /** Where it looks for shims. */
  readonly path: string | undefined;
  readonly executable: string | undefined;
}

/** The containerd that serves `socket`: named on its command line, or one that was given neither address nor configuration. */
export async function findContainerd(host: Host, socket: string): Promise<ContainerdProcess | undefined> {
  for (const name of await host.list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    if ((await host.readText(`/proc/${name}/comm`))?.trim() !== 'containerd') continue;
    const argv = ((await host.readText(`/proc/${name}/cmdline`)) ?? '').split('\0');
    const configured = argv.some((argument) => /^--?(a|c|address|config)(=|$)/.test(argument));
    if (!argv.some((argument) => argument.endsWith(socket)) && configured) continue;
    const environment = ((await host.readText(`/proc/${name}/environ`)) ?? '').split('\0');
    const path = environment.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
    return { pid: Number(name), path, executable: await host.realPath(`/proc/${name}/exe`) };
  }
  return undefined;
}
