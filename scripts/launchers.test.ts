import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const sources = join(import.meta.dirname, 'launchers');
let root: string;
let launcher: string;

/** A Node that prints what it was started with. */
const fakeNode = (version: string): string => `#!/bin/sh
[ "$1" = --version ] && { echo ${version}; exit 0; }
[ -n "\${SANDSHIM_LAUNCHED:-}" ] && { [ -n "$FAIL" ] && printf %s "$FAIL" >&3 || { printf 'reply' >&4; printf ok >&3; }; exit 0; }
printf '%s\\n' "$@"
env | grep -E '^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS)='
exit 0
`;

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sandshim launcher-'));
  for (const folder of ['bin', 'lib', 'path']) await mkdir(join(root, folder));
  const template = await readFile(join(sources, 'shim.sh'), 'utf8');
  const findNode = await readFile(join(sources, 'find-node.sh'), 'utf8');
  launcher = join(root, 'bin/containerd-shim-runsc-v1');
  const text = template
    .replace('#include find-node.sh\n', () => findNode)
    .replaceAll('@NAME@', 'io.containerd.runsc.v1')
    .replaceAll('@VERSION@', '1.2.3')
    .replaceAll('@REVISION@', '')
    .replaceAll('@RUNTIME@', 'runsc')
    .replaceAll('@FLAGS@', '--flag-of-ours');
  await program(launcher, text);
  await program(join(root, 'lib/node'), fakeNode('v24.0.0'));
});
afterEach(() => rm(root, { recursive: true }));

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

async function run(args: readonly string[], options: { file?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
  const env = {
    PATH: `${join(root, 'path')}:/usr/bin:/bin`,
    SANDSHIM_CONFIG: join(root, 'config.toml'),
    ...options.env,
  };
  const running = promisify(execFile)(options.file ?? launcher, args, { cwd: root, env });
  running.child.stdin?.end();
  try {
    return { ...(await running), code: 0 };
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error && 'code' in error) {
      return { stdout: String(error.stdout), stderr: String(error.stderr), code: Number(error.code) };
    }
    throw error;
  }
}

describe('the shim’s launcher', () => {
  it.each(['-v', '--v', '-version', '--version'])('answers %s without Node', async (flag) => {
    await rm(join(root, 'lib/node'));
    expect(await run([flag])).toEqual({
      stdout: 'io.containerd.runsc.v1:\n  Version:  1.2.3\n  Revision: \n',
      stderr: '',
      code: 0,
    });
  });

  it('runs the Node beside it, with its flags and every argument as it is', async () => {
    const { stdout } = await run(['-namespace', 'a b', '-id', '*', '-info']);
    expect(stdout.split('\n')).toEqual([
      '--flag-of-ours',
      expect.stringMatching(/lib\/shim\.cjs$/),
      ...['runsc', '-namespace', 'a b', '-id', '*', '-info', ''],
    ]);
  });

  it('finds its Node through a chain of links', async () => {
    await symlink(launcher, join(root, 'one'));
    await symlink('one', join(root, 'two'));
    expect(await run(['-info'], { file: join(root, 'two') })).toMatchObject({ code: 0, stderr: '' });
  });

  it('prefers the Node that SANDSHIM_NODE names, and says when there is none', async () => {
    await program(join(root, 'other'), '#!/bin/sh\necho other\n');
    expect((await run(['-info'], { env: { SANDSHIM_NODE: join(root, 'other') } })).stdout).toBe('other\n');
    expect(await run(['-info'], { env: { SANDSHIM_NODE: '/no/node' } })).toEqual({
      stdout: '',
      stderr: 'io.containerd.runsc.v1: SANDSHIM_NODE=/no/node cannot be executed',
      code: 1,
    });
  });

  it('takes a Node on PATH that is new enough, and says how to get one', async () => {
    await rm(join(root, 'lib/node'));
    await program(join(root, 'path/node'), fakeNode('v24.3.0'));
    expect(await run(['-info'])).toMatchObject({ code: 0, stderr: '' });
    await program(join(root, 'path/node'), fakeNode('v20.19.2'));
    expect(await run(['-info'])).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        /^io\.containerd\.runsc\.v1: .*node is Node\.js 20\.19\.2: install Node\.js 24 .*$/,
      ),
      code: 1,
    });
  });

  it('keeps what is meant for another Node from its own', async () => {
    const env = { NODE_OPTIONS: '--bad', NODE_EXTRA_CA_CERTS: '/x' };
    expect((await run(['-info'], { env })).stdout).not.toMatch(/NODE_/);
  });

  it('adds the flags of the configuration', async () => {
    await writeFile(join(root, 'config.toml'), 'grouping = true\nnode_flags = "--one --two"');
    expect((await run(['-info'])).stdout.split('\n').slice(0, 3)).toEqual(['--flag-of-ours', '--one', '--two']);
  });

  it('hands the server’s reply on, and nothing else', async () => {
    expect(await run(['-id', 'delete', '-debug', 'start'])).toEqual({ stdout: 'reply', stderr: '', code: 0 });
  });

  it('hands the server’s error on as one line', async () => {
    expect(await run(['start'], { env: { FAIL: 'no bundle' } })).toEqual({
      stdout: '',
      stderr: 'io.containerd.runsc.v1: no bundle',
      code: 1,
    });
  });

  it('says so when the server ends without a word', async () => {
    await program(join(root, 'lib/node'), '#!/bin/sh\nexit 3\n');
    expect(await run(['start'])).toEqual({
      stdout: '',
      stderr: 'io.containerd.runsc.v1: the server ended before it listened',
      code: 1,
    });
  });

  it('takes a flag’s value for no action', async () => {
    expect((await run(['-id', 'start', '-info'])).stdout).toContain('start');
  });

  it('gives the answer that a shim left for delete', async () => {
    await writeFile(join(root, 'sandshim.deleted'), 'answer');
    expect(await run(['-id', 'x', 'delete'])).toEqual({ stdout: 'answer', stderr: '', code: 0 });
  });
});
