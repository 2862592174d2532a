import { defaultPath, findExecutable } from '../../host/find-executable.ts';
import { toolVersion } from '../../host/tool-version.ts';
import { type Check, type DoctorContext, type Finding, fail, ok, warn } from '../check.ts';

export const runscCheck: Check = {
  id: 'runsc',
  title: 'runsc',
  probe: (context) => probeRuntime(context, { name: 'runsc', install: 'apt-get install runsc (or see gvisor.dev)' }),
};

export const runcCheck: Check = {
  id: 'runc',
  title: 'runc',
  probe: (context) => probeRuntime(context, { name: 'runc', install: 'apt-get install runc' }),
};

async function probeRuntime(
  { host, env }: DoctorContext,
  runtime: { readonly name: 'runsc' | 'runc'; readonly install: string },
): Promise<readonly Finding[]> {
  const searchPath = env['PATH'] ?? defaultPath;
  const path = await findExecutable(host, { name: runtime.name, searchPath });
  if (path !== undefined) {
    const version = await toolVersion(host, path);
    if (version !== undefined) return [ok(`${version} at ${path}`)];
    return [fail(`${path} does not answer --version`, `replace it: ${runtime.install}`)];
  }
  const elsewhere = await findExecutable(host, {
    name: runtime.name,
    searchPath: `${defaultPath}:/opt/bin:/usr/local/go/bin`,
  });
  if (elsewhere !== undefined) {
    return [warn(`${elsewhere} is not on PATH (${searchPath})`, `export PATH=${folderOf(elsewhere)}:$PATH`)];
  }
  // runc is only needed for containers that ask for it.
  const verdict = runtime.name === 'runsc' ? fail : warn;
  return [verdict(`${runtime.name} is not installed`, runtime.install)];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
