import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExecStream, requestThroughPort } from '../support/cri/streaming.ts';
import { eventually } from '../support/index.ts';
import { type Cluster, shimsOf, startCluster, versionsUnderTest } from './cluster.ts';

describe.each(versionsUnderTest)('a pod in containerd %s', (version) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(version);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  describe.each(['runsc', 'sandshim-runc'] as const)('under %s', (handler) => {
    it('answers exec sync with output, exit code and the timeout', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['sleep', '100']);
      const command = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
      expect(await cluster.cri.execSync(container, command)).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
      await expect(cluster.cri.execSync(container, ['sleep', '60'], 1)).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      });
      expect((await cluster.cri.execSync(container, ['true'])).exitCode).toBe(0);
    });

    it('streams an exec, with stdin, stderr apart and the exit code', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['sleep', '100']);
      const command = ['sh', '-c', 'read word; echo got $word; echo bad >&2; exit 4'];
      using stream = await openExecStream(await cluster.cri.execUrl(container, command, { tty: false, stdin: true }));
      stream.write('hello\n');
      const { stdout, stderr, status } = await stream.ended;
      expect([stdout, stderr]).toEqual(['got hello\n', 'bad\n']);
      expect(JSON.parse(status).details.causes).toContainEqual({ reason: 'ExitCode', message: '4' });
    });

    it('streams an exec on a terminal whose size follows', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['sleep', '100']);
      using stream = await openExecStream(await cluster.cri.execUrl(container, ['sh'], { tty: true, stdin: true }));
      stream.resize({ width: 91, height: 37 });
      await eventually(
        () => {
          stream.write('stty size\n');
          return stream.stdout().includes('37 91') ? true : undefined;
        },
        { what: 'the size to arrive', everyMs: 200 },
      );
      stream.write('exit\n');
      expect((await stream.ended).stdout).toContain('37 91');
    });

    it('attaches to a running container', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['cat'], { stdin: true });
      using stream = await openExecStream(await cluster.cri.attachUrl(container, { tty: false, stdin: true }));
      stream.write('typed\n');
      await eventually(() => (stream.stdout() === 'typed\n' ? true : undefined), { what: 'the line to come back' });
    });

    it('forwards a port into the pod', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['httpd', '-f', '-p', '8080', '-h', '/bin']);
      await eventually(
        async () =>
          (await cluster.cri.execSync(container, ['sh', '-c', 'echo | nc 127.0.0.1 8080'])).exitCode === 0
            ? true
            : undefined,
        { what: 'the server to listen' },
      );
      // containerd dials into the pod by itself, no shim has a part in it; on a busy machine gVisor's answer is lost now and then.
      const answer = async () =>
        requestThroughPort(await cluster.cri.portForwardUrl(pod.id, 8080), 'GET /nothing HTTP/1.0\r\n\r\n');
      const answered = async () => /^HTTP\/1\.1 404/.test(await answer()) || undefined;
      await eventually(answered, { what: 'an answer through the port', everyMs: 200 });
    });

    it('has an address on the bridge, or the host’s own network', async () => {
      await using own = await cluster.pod({ handler });
      expect((await cluster.cri.podStatus(own.id)).network?.ip).toMatch(/^10\.211\./);
      await using host = await cluster.pod({ handler, network: 'NODE' });
      const container = await host.run('main', ['sleep', '100']);
      const { stdout } = await cluster.cri.execSync(container, ['cat', '/proc/net/dev']);
      expect(stdout).toContain(cluster.bridge);
    });

    it('runs two containers under one shim, with statistics and updated resources for each', async () => {
      await using pod = await cluster.pod({ handler });
      const first = await pod.run('first', ['sleep', '100']);
      const second = await pod.run('second', ['sh', '-c', 'while :; do :; done']);
      expect(await shimsOf(cluster, pod.id)).toHaveLength(1);
      await cluster.cri.updateResources(first, { memoryLimitInBytes: 64 * 1024 * 1024, cpuShares: 512 });
      const busy = await eventually(
        async () => {
          const { cpu, memory } = await cluster.cri.stats(second);
          const used = cpu?.usageCoreNanoSeconds?.value ?? 0;
          return used > 0 ? { used, memory: memory?.workingSetBytes?.value ?? 0 } : undefined;
        },
        { what: 'the busy container to show in the statistics', everyMs: 200 },
      );
      expect(busy.memory).toBeGreaterThan(0);
      expect((await cluster.cri.stats(first)).memory).not.toBeNull();
    });

    it('writes logs as the kubelet reads them', async () => {
      await using pod = await cluster.pod({ handler });
      const container = await pod.run('main', ['sh', '-c', 'echo one; echo two >&2; exit 5']);
      const status = await eventually(
        async () => {
          const now = await cluster.cri.containerStatus(container);
          return now.state === 'CONTAINER_EXITED' ? now : undefined;
        },
        { what: 'the container to end' },
      );
      expect([status.exitCode, status.reason]).toEqual([5, 'Error']);
      const lines = (await readFile(join(pod.config.logDirectory, 'main.log'), 'utf8')).trim().split('\n');
      expect(lines.map((line) => line.split(' ').slice(1).join(' ')).sort()).toEqual(['stderr F two', 'stdout F one']);
    });

    it('stops with grace: the signal first, the kill after the time given', async () => {
      await using pod = await cluster.pod({ handler });
      const trapping = (action: string) => `trap "${action}" TERM; touch /trapped; while :; do sleep 0.1; done`;
      const polite = await pod.run('polite', ['sh', '-c', trapping('exit 9')]);
      const stubborn = await pod.run('stubborn', ['sh', '-c', trapping('')]);
      for (const container of [polite, stubborn]) {
        await cluster.cri.execSync(container, ['sh', '-c', 'until [ -e /trapped ]; do sleep 0.05; done']);
      }
      await Promise.all([cluster.cri.stopContainer(polite, 20), cluster.cri.stopContainer(stubborn, 1)]);
      expect((await cluster.cri.containerStatus(polite)).exitCode).toBe(9);
      expect((await cluster.cri.containerStatus(stubborn)).exitCode).toBe(137);
      await cluster.cri.removeContainer(polite);
      await expect(cluster.cri.containerStatus(polite)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  it('has nine siblings, all at once', async () => {
    const pods = await Promise.all(
      Array.from({ length: 10 }, (_, index) => cluster.pod({ handler: index % 2 === 0 ? 'runsc' : 'sandshim-runc' })),
    );
    const outputs = await Promise.all(
      pods.map(async (pod, index) => {
        const container = await pod.run('main', ['sleep', '100']);
        return (await cluster.cri.execSync(container, ['echo', String(index)])).stdout.trim();
      }),
    );
    expect(outputs).toEqual(pods.map((_, index) => String(index)));
    await Promise.all(pods.map((pod) => pod[Symbol.asyncDispose]()));
  });

  it('outlives a containerd that is killed, and keeps the exit code of what ended meanwhile', async () => {
    await using pod = await cluster.pod({ handler: 'runsc' });
    const stays = await pod.run('stays', ['sleep', '100']);
    const ends = await pod.run('ends', ['sh', '-c', 'while [ ! -e /end ]; do sleep 0.1; done; sleep 1; exit 6']);
    const shims = await shimsOf(cluster, pod.id);
    expect((await cluster.cri.execSync(ends, ['touch', '/end'])).exitCode).toBe(0);
    await cluster.containerd.stop('SIGKILL');
    await sleep(1_500);
    await cluster.containerd.restart();
    const ended = await eventually(
      async () => {
        const status = await cluster.cri.containerStatus(ends).catch(() => undefined);
        return status?.state === 'CONTAINER_EXITED' ? status : undefined;
      },
      { what: 'the container to have ended', everyMs: 100 },
    );
    expect(ended.exitCode).toBe(6);
    expect((await cluster.cri.execSync(stays, ['echo', 'on'])).stdout).toBe('on\n');
    expect(await shimsOf(cluster, pod.id)).toEqual(shims);
  });

  it('leaves nothing when the last one is removed', async () => {
    await cluster.expectNothingLeft();
  });
});
