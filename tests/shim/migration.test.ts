import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

interface Example {
  readonly name: string;
  /** The file as gVisor's user guide or a public configuration has it; `/var/log` and `/run` lie in `folder` here. */
  readonly toml: (folder: string) => string;
  /** Files that the options ask for, relative to `folder`; `ID` stands for the container's. */
  readonly files?: readonly RegExp[];
}

// What every example gets besides: this machine's platform, and a network that needs no privileges.
const machine = '  platform = "ptrace"\n  network = "none"\n';
const root = (folder: string): string => `root = "${folder}/runsc"\n`;

const examples: readonly Example[] = [
  {
    name: 'flags alone',
    toml: (folder) => `${root(folder)}[runsc_config]\n${machine}`,
  },
  {
    name: 'shim and gVisor debug logging',
    toml: (folder) => `${root(folder)}log_path = "${folder}/log/%ID%/shim.log"
log_level = "debug"
[runsc_config]
  debug = "true"
  debug-log = "${folder}/log/%ID%/gvisor.%COMMAND%.log"
${machine}`,
    files: [/^log\/ID\/shim\.log$/, /^log\/ID\/gvisor\.create\.log$/, /^log\/ID\/gvisor\.boot\.log$/],
  },
  {
    name: 'a folder as log_path',
    toml: (folder) => `${root(folder)}log_path = "${folder}/log/"\n[runsc_config]\n${machine}`,
    files: [/^log\/runsc-shim-ID\.log$/],
  },
  {
    name: 'a root of its own and debug switched off',
    toml: (folder) => `root = "${folder}/runsc"\n[runsc_config]\ndebug = "false"\n${machine}`,
  },
  {
    name: 'strace and packets',
    toml: (folder) => `${root(folder)}[runsc_config]
  debug = "true"
  strace = "true"
  log-packets = "true"
  debug-log = "${folder}/log/"
${machine}`,
    files: [/^log\/runsc\.log\..*\.boot/],
  },
  {
    name: 'the host’s network and a profile',
    toml: (folder) => `${root(folder)}[runsc_config]\n  platform = "ptrace"\n  network = "host"\n  profile = "true"\n`,
  },
  {
    name: 'every key of the shim’s options',
    toml: (folder) => `${root(folder)}shim_cgroup = ""
io_uid = 0
io_gid = 0
binary_name = "runsc"
log_level = "info"
log_path = ""
grouping = true
enable_hibernate_server = false
[runsc_config]
${machine}`,
  },
];

describe('a configuration of gVisor’s own shim works unchanged', () => {
  it.each(examples)('$name', async ({ toml, files = [] }) => {
    await using stand = await startShim(ourRunsc, { toml });
    const { id, streams } = await stand.run({ id: 'c1', args: ['sh', '-c', 'echo in gVisor; sleep 100'] });
    await eventually(() => streams.output.stdout === 'in gVisor\n' || undefined, { what: 'the output' });
    expect((await stand.exec(id, ['true'])).status).toBe(0);
    const found = (await readdir(stand.folder, { recursive: true })).map((path) => path.replaceAll(id, 'ID'));
    for (const file of files) expect(found).toContainEqual(expect.stringMatching(file));
    // Nothing in it is unknown to the shim.
    expect(stand.log()).not.toContain('level=warning');
    await stand.task.kill({ id, execId: '', signal: 9, all: true });
    await stand.task.wait({ id, execId: '' });
    await stand.task.delete({ id, execId: '' });
    await stand.task.shutdown({ id, now: false }).catch(() => undefined);
    await stand.expectNothingLeft();
  });

  it('and log_level = "debug" shows what the shim does, in the file that log_path names', async () => {
    const toml = (folder: string): string =>
      `${root(folder)}log_level = "debug"\nlog_path = "${folder}/%ID%.log"\nunheard_of = 1\n[runsc_config]\n${machine}`;
    await using stand = await startShim(ourRunsc, { toml });
    const { id } = await stand.run({ args: ['sleep', '100'] });
    await stand.task.state({ id, execId: 'nobody' }).catch(() => undefined);
    const log = await readFile(join(stand.folder, `${id}.log`), 'utf8');
    expect(log).toMatch(/level=warning msg=".*runsc\.toml: unknown key \\"unheard_of\\" is ignored"/);
    expect(log).toContain(`level=debug msg=Start id=${id}`);
    expect(log).toMatch(/level=debug msg="State failed: process does not exist nobody: not found" .*exec=nobody/);
  });
});

describe('a mistake in it is an error that says what and where', () => {
  it.each([
    ['a wrong value', 'io_uid = "x"', /runsc\.toml: io_uid is "x", allowed: a whole number from 0 to 4294967295/],
    ['a wrong word', 'log_level = "loud"', /runsc\.toml: log_level is "loud", allowed: "panic", "fatal", "error"/],
    ['no TOML', 'root =', /runsc\.toml: .*line 1/],
    ['a runsc that is not there', 'binary_name = "/no/such/runsc"', /\/no\/such\/runsc/],
    ['a flag that runsc does not know', '[runsc_config]\nno-such-flag = "1"', /no-such-flag/],
  ])('%s', async (_what, toml, message) => {
    await using stand = await startShim(ourRunsc, { toml: () => toml });
    await expect(stand.create({ args: ['true'] })).rejects.toThrow(message);
  });
});

describe('a container that the Go shim made', () => {
  it('of gVisor is cleaned up by ours, from the state that the Go shim left', async () => {
    await using stand = await startShim(ourRunsc);
    const { id, bundle } = await stand.run({ args: ['sleep', '100'] });
    process.kill(await stand.shimPid(), 'SIGKILL');
    // What ours left is taken away; what gVisor's shim leaves is put in its place.
    for (const name of await readdir(bundle)) if (/^sandshim|^address$/.test(name)) await rm(join(bundle, name));
    const options = {
      root: join(stand.folder, 'runsc'),
      binaryName: 'runsc',
      runscConfig: { platform: 'ptrace', network: 'none' },
    };
    await writeFile(join(bundle, 'state.json'), JSON.stringify({ rootfs: join(bundle, 'rootfs'), options }));
    expect(await stand.cleanUp(id)).toMatchObject({ exitCode: 0, stderr: '' });
    await rm(stand.address.replace('unix://', ''), { force: true });
    await stand.expectNothingLeft();
  });

  it('of runc is cleaned up by ours', async () => {
    await using stand = await startShim(goRunc);
    const { id, bundle } = await stand.run({ args: ['sleep', '100'], io: { stdout: '', stderr: '' } });
    process.kill(await stand.shimPid(), 'SIGKILL');
    const flags = ['-namespace', stand.namespace, '-address', '', '-id', id, '-bundle', bundle, 'delete'];
    const cleaned = await execa(ourRunc.binary, flags, { cwd: bundle, stdin: 'ignore' });
    expect(cleaned.stderr).toBe('');
    await stand.expectNothingLeft();
  });
});
