import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { NeedError } from '../lib/need-error.ts';

/**
 * apt with a configuration, a list folder and sources of its own: it knows later Debian suites, verifies signatures and
 * checksums as ever, and touches nothing of the machine's own apt.
 */
export interface LaterDebian {
  /** Fetches packages of one suite and unpacks each to `folder`/NAME, without installing it. Throws NeedError. */
  unpack(wanted: { readonly names: readonly string[]; readonly suite: string }, folder: string): Promise<void>;
}

export interface LaterDebianOptions {
  readonly mirror: string;
  readonly suites: readonly string[];
  /** Where it keeps its lists and downloads. */
  readonly folder: string;
}

/** Makes that apt ready and fetches the suites' lists. Throws NeedError. */
export async function openLaterDebian(options: LaterDebianOptions): Promise<LaterDebian> {
  const { folder } = options;
  const configuration = join(folder, 'apt.conf');
  for (const name of ['lists/partial', 'cache/archives/partial', 'downloads']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, 'sources.list'), sourcesList(options));
  await writeFile(configuration, aptConfiguration(folder));

  const apt = async (args: readonly string[]): Promise<void> => {
    const result = await execa('apt-get', ['--quiet', ...args], {
      cwd: join(folder, 'downloads'),
      env: { APT_CONFIG: configuration },
      stdin: 'ignore',
      reject: false,
      all: true,
    });
    if (!result.failed) return;
    process.stderr.write(`${result.all}\n`);
    throw new NeedError(
      `apt-get ${args.join(' ')} failed for the later Debian suites (its words are above): check the network; an old archive keyring is renewed by: apt-get install debian-archive-keyring`,
    );
  };
  await apt(['update', '--error-on=any']);

  return {
    unpack: async ({ names, suite }, target) => {
      const downloads = join(folder, 'downloads');
      await rm(downloads, { recursive: true, force: true });
      await mkdir(downloads);
      await apt(['download', ...names.map((name) => `${name}/${suite}`)]);
      await mkdir(target, { recursive: true });
      for (const name of names) {
        const half = join(target, `${name}.half`);
        await rm(half, { recursive: true, force: true });
        await rm(join(target, name), { recursive: true, force: true });
        await mkdir(half);
        await execa('sh', ['-c', 'dpkg-deb --extract "$1"/"$2"_*.deb "$3"', 'sh', downloads, name, half]);
        await rename(half, join(target, name));
      }
    },
  };
}

function sourcesList({ mirror, suites }: LaterDebianOptions): string {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return suites.map((suite) => `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`).join('');
}

function aptConfiguration(folder: string): string {
  const settings = {
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join('');
}
