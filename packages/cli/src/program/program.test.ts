import { describe, expect, it } from 'vitest';
import { createHost } from '../host/real-host.ts';
import { bundleOf, createFakeMachine } from '../testing/fake-machine.ts';
import { runCli } from '../testing/test-cli.ts';
import { verbs } from '../verbs/index.ts';

const visible = verbs.filter(({ hidden }) => hidden !== true);
const names = visible.map(({ name }) => name);
/** Verbs whose first argument is a container. */
const onContainers = visible.filter(({ args }) => args?.[0]?.startsWith('<id') === true).map(({ name }) => name);

/** What a verb needs besides the container. */
const furtherArgs: Readonly<Record<string, readonly string[]>> = {
  exec: ['true'],
  checkpoint: ['/tmp/c'],
  restore: ['/tmp/c'],
  update: ['--memory', '1g'],
  debug: ['--stacks'],
};

describe('the help', () => {
  it('lists every verb, in groups', async () => {
    const { status, stdout } = await runCli(['--help']);
    expect(status).toBe(0);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(stdout).toContain('Run containers:');
    expect(stdout).not.toContain('__watch');
  });

  it('is what sandshim alone shows', async () => {
    expect(await runCli([])).toEqual(await runCli(['--help']));
  });

  it.each(names)('of %s has an example', async (name) => {
    const { status, stdout } = await runCli([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Examples?:\n {2}\$ .*sandshim .+\n {6}\S/m);
  });

  it('names no option twice within a verb', () => {
    for (const { name, options } of verbs) {
      const flags = options.flatMap(({ flags }) => flags.match(/(?<![\w-])--?[\w-]+/g) ?? []);
      expect(new Set(flags).size, `${name}: ${flags.join(' ')}`).toBe(flags.length);
    }
  });
});

describe('wrong usage', () => {
  it.each(names)('of %s, an unknown flag, ends with 125 and names its help', async (name) => {
    const { status, stderr } = await runCli([name, '--bogus']);
    expect(status).toBe(125);
    expect(stderr).toBe(`sandshim: unknown option '--bogus'\n  → see: sandshim ${name} --help\n`);
  });

  it.each(onContainers)('of %s, no container, ends with 125', async (name) => {
    const { status, stderr } = await runCli([name]);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^sandshim: missing required argument 'id'\n {2}→ see: sandshim \S+ --help\n$/);
  });

  it('is an unknown verb, for which a similar one is suggested', async () => {
    const { status, stderr } = await runCli(['stat']);
    expect(status).toBe(125);
    expect(stderr).toContain("unknown command 'stat' (Did you mean");
  });

  it('is two output modes at once', async () => {
    expect(await runCli(['ps', '--json', '-q'])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('--json, --format and --quiet exclude one another'),
    });
  });
});

describe('a container', () => {
  it.each(onContainers)('that is not there is named by %s, with a way to find others', async (name) => {
    await using machine = createFakeMachine();
    const { status, stderr } = await runCli([name, 'nobody', ...(furtherArgs[name] ?? [])], { root: machine.root });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toBe(
      'sandshim: no container in namespace default is called nobody\n  → see them all: sandshim ps --all-namespaces\n',
    );
  });

  it.each(onContainers)('whose name several begin with is not guessed by %s', async (name) => {
    await using machine = createFakeMachine();
    machine.write(`${bundleOf('web-1')}/config.json`, '{}');
    machine.write(`${bundleOf('web-2')}/config.json`, '{}');
    const { status, stderr } = await runCli([name, 'web', ...(furtherArgs[name] ?? [])], { root: machine.root });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toBe('sandshim: web could be web-1, web-2\n  → give more of the id\n');
  });

  it.each(onContainers)('of somebody else is refused by %s with a way out', async (name) => {
    await using machine = createFakeMachine();
    machine.write(`${bundleOf('web')}/config.json`, '{}');
    const host = { ...createHost({ root: machine.root }), isReadable: async () => false };
    const { status, stderr } = await runCli([name, 'web', ...(furtherArgs[name] ?? [])], { host, uid: 1000 });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/^sandshim: user 1000 may not read \/run\/\S+\n {2}→ run it as root \(sudo sandshim …\)\n$/);
  });

  it('is found by the beginning of its id, and by its whole id before that', async () => {
    await using machine = createFakeMachine();
    machine.write(`${bundleOf('web')}/config.json`, '{"process":{"args":["one"]}}');
    machine.write(`${bundleOf('web-2')}/config.json`, '{"process":{"args":["two"]}}');
    const inspect = (id: string) => runCli(['inspect', id, '--format', '{{.id}}'], { root: machine.root });
    expect(await inspect('web')).toMatchObject({ status: 0, stdout: 'web\n' });
    expect(await inspect('web-')).toMatchObject({ status: 0, stdout: 'web-2\n' });
  });

  it('of another namespace is found with -n, or with -A', async () => {
    await using machine = createFakeMachine();
    machine.write('/run/containerd/io.containerd.runtime.v2.task/k8s.io/pod/config.json', '{}');
    const ps = (...args: string[]) => runCli(['ps', '-q', ...args], { root: machine.root });
    expect((await ps()).stdout).toBe('');
    expect((await ps('-n', 'k8s.io')).stdout).toBe('pod\n');
    expect((await ps('-A')).stdout).toBe('pod\n');
    expect(await ps('-A', '-n', 'k8s.io')).toMatchObject({ status: 125 });
    const env = { CONTAINERD_NAMESPACE: 'k8s.io' };
    expect((await runCli(['ps', '-q'], { root: machine.root, env })).stdout).toBe('pod\n');
  });
});

describe('run', () => {
  it.each([
    [[], 'say what to run with --rootfs FOLDER or --bundle FOLDER, one of them'],
    [['--rootfs', '/'], 'a rootfs needs a command to run'],
    [['--rootfs', '/', '--bundle', '/', 'x'], 'say what to run with --rootfs FOLDER or --bundle FOLDER, one of them'],
    [['--rootfs', '/', '--memory', 'lots', 'x'], '--memory "lots" is not a size such as 512m or 1.5g'],
    [['--rootfs', '/', '--cpus', '0', 'x'], '--cpus is 0'],
    [['--rootfs', '/', '--pids-limit', '0', 'x'], '--pids-limit "0" is not a number of at least 1'],
    [['--rootfs', '/', '--timeout', 'soon', 'x'], '--timeout "soon" is not a duration such as 90s or 1m30s'],
    [['--rootfs', '/', '--name', 'a b', 'x'], '--name "a b" is not a valid name'],
    [['--rootfs', '/', '-v', 'a', 'x'], '--volume "a" is not SOURCE:/DESTINATION or SOURCE:/DESTINATION:ro'],
    [['--rootfs', '/', '-v', '/a:b', 'x'], '--volume "/a:b" is not SOURCE:/DESTINATION or SOURCE:/DESTINATION:ro'],
    [
      ['--rootfs', '/', '--runtime', 'crun', 'x'],
      "option '--runtime <runtime>' argument 'crun' is invalid. Allowed choices are runsc, runc.",
    ],
    [['--rootfs', '/', '-it', 'x'], 'stdin is not a terminal, but -t asks for one'],
  ])('%j ends with 125 and says why', async (args, message) => {
    const { status, stderr } = await runCli(['run', ...args]);
    expect(status).toBe(125);
    expect(stderr.split('\n')[0]).toBe(`sandshim: ${message}`);
    expect(stderr).toMatch(/\n {2}→ .+\n$/);
  });
});
