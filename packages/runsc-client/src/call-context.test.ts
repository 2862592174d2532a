import { describe, expect, test } from 'vitest';
import { parseContainerId, parseFd } from './ids.ts';
import { Runc } from './runc.ts';
import { Runsc } from './runsc.ts';
import { recordCommands } from './testing/record-commands.ts';
import { answerTo } from './testing/vector-of.ts';

const id = parseContainerId('c1');
const process = { args: ['true'], cwd: '/' };

describe('a call hands over more than its arguments', () => {
  test('the descriptors after stderr come in the order of the arguments', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    const runsc = new Runsc({ spawner, root: '/no-such-root' });
    await runsc.exec(id, { process, passFds: [{ fd: parseFd(11), target: 5 }], execFd: parseFd(12) });
    expect(requests.at(-1)?.extraFds).toEqual([11, 12]);
  });

  test('the resources of an update are JSON on stdin', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner }).update(id, { pids: { limit: 5 } });
    expect(requests.at(-1)?.input).toBe('{"pids":{"limit":5}}');
  });

  test('a command that is to die with its parent is executed by setpriv', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner, killWithParent: true, command: '/x/runc' }).start(id);
    const { file, args } = requests.at(-1) ?? { file: '', args: [] };
    expect([file, ...args]).toEqual(['setpriv', '--pdeathsig', 'KILL', '--', '/x/runc', 'start', 'c1']);
  });

  test('the environment lacks NOTIFY_SOCKET, and is the given one alone if one is given', async () => {
    const { spawner, requests } = recordCommands(answerTo);
    await new Runc({ spawner }).start(id);
    await new Runc({ spawner, env: { A: 'b' } }).start(id);
    expect(requests[0]?.env).not.toHaveProperty('NOTIFY_SOCKET');
    expect(requests[0]?.env).toHaveProperty('PATH');
    expect(requests[1]?.env).toEqual({ A: 'b' });
  });

  test('runc refuses to signal one process, and to wait', async () => {
    const runc = new Runc({ spawner: recordCommands().spawner });
    await expect(runc.kill(id, 9, { pid: 4 })).rejects.toMatchObject({ code: 'unimplemented' });
    await expect(runc.wait(id)).rejects.toMatchObject({ code: 'unimplemented' });
  });
});
