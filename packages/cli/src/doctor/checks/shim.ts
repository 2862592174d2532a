import { dirname, join } from 'node:path';
import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { ownBinFolder, shimPrograms } from '../../program/bin-folder.ts';
import { type Check, type DoctorContext, type Finding, fail, ok, warn } from '../check.ts';
import { findContainerd } from '../containerd-process.ts';

/** containerd looks for a shim on its own PATH, then beside its own executable. */
export const shimCheck: Check = {
  id: 'shim',
  title: 'shim',
  probe: async (context) => {
    const searchPath = await shimSearchPath(context);
    const findings = await Promise.all(
      Object.values(shimPrograms).map((name) => probeShim(context, { name, searchPath })),
    );
    return findings.flat();
  },
};

async function shimSearchPath({ host, env, paths }: DoctorContext): Promise<string> {
  const running = await findContainerd(host, paths.containerdSocket);
  const installed = await findExecutable(host, { name: 'containerd', searchPath: defaultPath });
  const executable = running?.executable ?? installed;
  const beside = executable === undefined ? '' : `:${dirname(executable)}`;
  return `${running?.path ?? env['PATH'] ?? defaultPath}${beside}`;
}

async function probeShim(
  { host, env }: DoctorContext,
  shim: { readonly name: string; readonly searchPath: string },
): Promise<readonly Finding[]> {
  const { name, searchPath } = shim;
  const path = await findExecutable(host, { name, searchPath });
  if (path !== undefined) {
    const said = await host.run(path, ['-v'], { timeoutMs: 5000 });
    if (said.exitCode !== 0) return [fail(`${path} does not run: ${lastLine(said.stderr)}`, 'sandshim install')];
    // Our launchers are scripts; the Go shims are programs.
    if (/sandshim/i.test((await host.readHead(path)) ?? '')) return [ok(path)];
    return [
      warn(
        `${path} is another project's shim`,
        `remove it, or put sandshim's folder before ${dirname(path)} on containerd's PATH`,
      ),
    ];
  }
  const fix = linkInto(host, { name, searchPath, own: ownBinFolder(env) });
  const folders = searchPath.split(':').filter(Boolean);
  for (const folder of folders) {
    if ((await host.info(join(folder, name)))?.kind === 'dangling') {
      return [fail(`${join(folder, name)} leads nowhere`, 'sandshim install', fix)];
    }
  }
  return [fail(`containerd would not find ${name} on ${folders.join(':')}`, 'sandshim install', fix)];
}

function linkInto(
  host: DoctorContext['host'],
  link: { readonly name: string; readonly searchPath: string; readonly own: string | undefined },
): (() => Promise<void>) | undefined {
  const { own, name } = link;
  if (own === undefined) return undefined;
  const folders = link.searchPath.split(':');
  const folder = folders.includes('/usr/local/bin') ? '/usr/local/bin' : folders.find((each) => each.startsWith('/'));
  if (folder === undefined) return undefined;
  return () => host.symlink(join(own, name), join(folder, name));
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
