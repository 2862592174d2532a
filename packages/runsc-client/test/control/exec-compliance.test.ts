import type { ContainerId, OciProcess } from '@sandshim/runsc-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRig, type Rig, runscsUnderTest } from './rig.ts';
import { type ExecOutcome, runExec } from './run-exec.ts';

/** Everything that a process can tell of how it was made. */
const questions = [
  'id',
  'grep -E "^(Uid|Gid|Groups|Cap|NoNew|Seccomp|Umask|PPid|NSpid)" /proc/$$/status',
  'ulimit -a -S; ulimit -a -H',
  'cat /proc/self/limits',
  'env | sort',
  'echo "$HOME"; echo ~',
  'pwd; for link in cwd root exe; do readlink /proc/$$/$link; done',
  'umask',
  'tty; ls -l /proc/self/fd | wc -l',
  'for fd in 0 1 2; do readlink /proc/self/fd/$fd; stat -L -c "%u %g %a %F" /proc/self/fd/$fd; done',
  'cat /proc/self/cgroup',
  'cat /proc/self/mountinfo',
  'for space in pid net uts ipc mnt; do readlink /proc/$$/ns/$space; done; cat /proc/$$/uid_map',
  'cut -d" " -f4,7,8,18,19 /proc/$$/stat',
  'cat /proc/net/dev; cat /proc/1/cmdline; ls -d /proc/1/task/*',
  'hostname',
];
const lastAnswer = `== ${questions.length - 1}\ncontrol\n`;
const asked: Pick<OciProcess, 'args' | 'cwd'> = {
  args: ['/bin/sh', '-c', questions.map((question, index) => `echo "== ${index}"; ${question}`).join('\n')],
  cwd: '/',
};
const user = { uid: 1_000, gid: 1_000, additionalGids: [2_000, 3_000] };
const everyCapability = ['CAP_KILL', 'CAP_NET_RAW', 'CAP_SYS_ADMIN', 'CAP_AUDIT_READ'];

const processes: readonly (readonly [string, OciProcess])[] = [
  ["the container's own settings", asked],
  ['an environment of its own', { ...asked, env: ['B=2', 'PATH=/bin', 'A=1', 'B=3', 'E='] }],
  ['an empty environment', { ...asked, env: [] }],
  ['a HOME of its own', { ...asked, env: ['HOME=/tmp', 'PATH=/bin'] }],
  ['a user and more groups', { ...asked, user }],
  ['a user that no file names', { ...asked, user: { uid: 77_777, gid: 88_888 } }],
  ['a working folder of its own', { ...asked, cwd: '/tmp' }],
  ['no working folder', { ...asked, cwd: '' }],
  [
    'capabilities of its own',
    { ...asked, capabilities: { bounding: everyCapability, permitted: everyCapability, effective: ['CAP_KILL'] } },
  ],
  ['inheritable and ambient capabilities', { ...asked, user, capabilities: ambient(everyCapability) }],
  ['no capabilities at all', { ...asked, capabilities: {} }],
  ['no new privileges', { ...asked, noNewPrivileges: true }],
  ['limits of its own', { ...asked, rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }] }],
  ['a umask of its own', { ...asked, user: { uid: 0, gid: 0, umask: 0o077 } as NonNullable<OciProcess['user']> }],
  ['an out-of-memory score and a scheduler', { ...asked, oomScoreAdj: 500, scheduler: { policy: 'SCHED_BATCH' } }],
  ['a command that PATH finds', { args: ['id'], cwd: '/', env: ['PATH=/sbin:/bin'] }],
  ['a command below its working folder', { args: ['./busybox', 'pwd'], cwd: '/bin' }],
  ['a status of its own', { args: ['sh', '-c', 'echo out; echo error >&2; exit 42'], cwd: '/' }],
  ['a signal to end it', { args: ['sh', '-c', 'kill -SEGV $$'], cwd: '/' }],
  ['the highest status', { args: ['sh', '-c', 'exit 255'], cwd: '/' }],
];

const refused: readonly (readonly [string, OciProcess])[] = [
  ['a command that is not there', { args: ['/bin/nothing'], cwd: '/' }],
  ['a command that PATH does not find', { args: ['nothing'], cwd: '/' }],
  ['a command that nobody may execute', { args: ['/etc/passwd'], cwd: '/' }],
  ['a command that a user may not reach', { args: ['/root/x'], cwd: '/', user }],
  ['no command', { args: [], cwd: '/' }],
  ['a variable without a value', { ...asked, env: ['JUST_A_NAME'] }],
  ['a capability that nobody knows', { ...asked, capabilities: { bounding: ['CAP_NOTHING'] } }],
  ['a user id that is no number', { ...asked, user: { uid: 'root', gid: 0 } as unknown as typeof user }],
  ['a working folder that is not there', { args: ['pwd'], cwd: '/not/there' }],
];

function ambient(set: readonly string[]) {
  return { bounding: set, permitted: set, inheritable: set, ambient: set, effective: set };
}

describe.each(runscsUnderTest)('an exec on the control socket of $name', (runsc) => {
  let rig: Rig;
  let id: ContainerId;
  beforeAll(async () => {
    rig = await openRig(runsc);
    id = await rig.running('c1');
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  it.each(processes)('is the same as by command with %s', async (_name, process) => {
    const byCommand = await runExec(rig.command, id, process);
    // What did not answer all of it compares nothing.
    if (process.args === asked.args) expect(byCommand).toMatchObject({ stdout: expect.stringContaining(lastAnswer) });
    expect(byCommand).toHaveProperty('status');
    const used = rig.commands.length;
    const bySocket = await runExec(rig.controlled, id, process);
    expect(rig.commands.slice(used)).toEqual([]);
    expect(comparable(bySocket)).toEqual(comparable(byCommand));
  });

  it.each(refused)('fails as by command with %s', async (_name, process) => {
    const byCommand = await runExec(rig.command, id, process);
    expect(comparable(await runExec(rig.controlled, id, process))).toEqual(comparable(byCommand));
  });

  it('gives CAP_NET_RAW where runsc is told to', async () => {
    const process = { ...asked, capabilities: ambient(everyCapability) };
    const globals = { root: rig.root, flags: { platform: 'systrap', network: 'none', 'net-raw': true } } as const;
    const bySocket = await runExec(rig.control({ globals }), id, process);
    const byCommand = await runExec(rig.commandWith({ 'net-raw': true }), id, process);
    expect(comparable(bySocket)).toEqual(comparable(byCommand));
    expect(JSON.stringify(bySocket)).toContain('CapPrm:\\t0000002000202020');
  });

  it('leaves a terminal to the command line', async () => {
    const used = rig.commands.length;
    await runExec(rig.controlled, id, { args: ['true'], cwd: '/', terminal: true });
    expect(rig.commands.slice(used)).toEqual(['exec: only the command line does this']);
  });
});

/** Without what differs from one process to the next: pids, numbers that are made up at each look, temporary files. */
function comparable(outcome: ExecOutcome): ExecOutcome {
  const blank = (text: string) =>
    text
      .replaceAll(/(host|pid|net|user):\[\d+\]/g, '$1:[N]')
      .replaceAll(/^NSpid:.*$/gm, 'NSpid: N')
      .replaceAll(/\/tmp\/[^ ",:]+/g, 'FILE');
  return 'status' in outcome
    ? { ...outcome, stdout: blank(outcome.stdout), stderr: blank(outcome.stderr) }
    : { ...outcome, message: blank(outcome.message) };
}
