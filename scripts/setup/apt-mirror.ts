import { execa } from 'execa';
import { NeedError } from '../lib/need-error.ts';

/**
 * Where this machine's own apt gets its Debian from. apt itself is asked, so that both kinds of source files count.
 * Throws NeedError when it has no source for its own release.
 */
export async function debianMirror(codename: string): Promise<string> {
  const format = '$(CREATED_BY)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(REPO_URI)';
  const { stdout } = await execa('apt-get', ['indextargets', '--format', format], { reject: false });
  const mirror = pickMirror(stdout, codename);
  if (mirror === undefined) {
    throw new NeedError(
      `apt has no source of Debian ${codename}: add one under /etc/apt/sources.list.d, then run this again.`,
    );
  }
  return mirror;
}

/** From the lines of `apt-get indextargets`: the archive of this release, Debian's own rather than a third party's. */
export function pickMirror(lines: string, codename: string): string | undefined {
  const candidates = lines
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([kind, release, component]) => kind === 'Packages' && release === codename && component === 'main')
    .map(([, , , origin, uri]) => ({ origin, uri }));
  // apt knows a source's origin only after its first update.
  const chosen = candidates.find(({ origin }) => origin === 'Debian') ?? candidates[0];
  return chosen?.uri;
}
