import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerType } from './container-type.ts';
import { prepareGvisorSpec } from './gvisor-spec.ts';
import { readSpec } from './read-spec.ts';
import { sandboxLogs } from './sandbox-logs.ts';

let bundle: string;
let podsFolder: string;

beforeEach(() => {
  bundle = mkdtempSync(join(tmpdir(), 'sandshim-gvisor-'));
  podsFolder = join(bundle, 'pods');
});

afterEach(() => rmSync(bundle, { recursive: true }));

const criType = 'io.kubernetes.cri.container-type';
const logs = { 'io.kubernetes.cri.sandbox-log-directory': '/var/log/pods/default_web_uid-1' };
const hint = (volume: string, field: string) => `dev.gvisor.spec.mount.${volume}.${field}`;

function volume(plugin: string, name: string): string {
  const folder = join(podsFolder, 'uid-1/volumes', plugin, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function prepare(spec: unknown) {
  const file = join(bundle, 'config.json');
  const before = typeof spec === 'string' ? spec : JSON.stringify(spec);
  writeFileSync(file, before);
  const loaded = await readSpec(bundle);
  const prepared = await prepareGvisorSpec(loaded, { bundle, type: containerType(loaded.spec), podsFolder });
  const after = readFileSync(file, 'utf8');
  return { prepared, after, rewritten: after !== before };
}

describe('the type of a container', () => {
  it.each([
    [{}, 'sandbox-root'],
    [{ [criType]: 'sandbox' }, 'sandbox-root'],
    [{ [criType]: 'something' }, 'sandbox-root'],
    [{ [criType]: 'container' }, 'pod-container'],
    [{ 'io.kubernetes.cri-o.ContainerType': 'container' }, 'pod-container'],
    [{ 'io.kubernetes.cri-o.ContainerType': 'sandbox' }, 'sandbox-root'],
  ])('with %j is %s', (annotations, kind) => {
    expect(containerType({ annotations }).kind).toBe(kind);
  });

  it('names the sandbox to join', () => {
    const cri = { [criType]: 'container', 'io.kubernetes.cri.sandbox-id': 'a' };
    const crio = { 'io.kubernetes.cri-o.ContainerType': 'container', 'io.kubernetes.cri-o.SandboxID': 'b' };
    expect(containerType({ annotations: cri })).toEqual({ kind: 'pod-container', sandboxId: 'a' });
    expect(containerType({ annotations: crio })).toEqual({ kind: 'pod-container', sandboxId: 'b' });
    expect(containerType({}).kind).toBe('sandbox-root');
  });
});

describe("runsc's own logs", () => {
  it("are in the pod's log folder, if there is one", () => {
    const folder = '/var/log/pods/default_web_uid-1';
    expect(sandboxLogs({ annotations: logs })).toEqual({
      userLog: `${folder}/gvisor.log`,
      panicLog: `${folder}/gvisor_panic.log`,
    });
    expect(sandboxLogs({})).toBeUndefined();
  });
});

describe('config.json', () => {
  it('is left as it is when nothing changes', async () => {
    const { rewritten } = await prepare('{ "ociVersion" : "1.0.2",\n "process": {"args": ["a"]} }\n');
    expect(rewritten).toBe(false);
  });

  it('keeps numbers that a JavaScript number would round', async () => {
    const spec = `{"linux":{"cgroupsPath":"/kubepods/pod1/x","resources":{"memory":{"limit":9223372036854771712}}},"tiny":1.50}`;
    const { after } = await prepare(spec);
    expect(after).toContain('9223372036854771712');
    expect(JSON.parse(after).tiny).toBe(1.5);
  });

  it("puts a sandbox root into the pod's cgroup", async () => {
    const linux = { cgroupsPath: '/kubepods/burstable/pod12/pause' };
    const { prepared, rewritten } = await prepare({ linux });
    expect(prepared.annotations).toEqual({ 'dev.gvisor.spec.cgroup-parent': '/kubepods/burstable/pod12' });
    expect(rewritten).toBe(true);
    expect((await prepare({ linux, annotations: { [criType]: 'container' } })).rewritten).toBe(false);
    expect((await prepare({ linux: { cgroupsPath: 'pods.slice:cri:1' } })).rewritten).toBe(false);
  });

  it('tells a sandbox root where a hinted volume is', async () => {
    const source = volume('kubernetes.io~csi', 'data');
    const annotations = { ...logs, [hint('data', 'type')]: 'bind', [hint('data', 'share')]: 'pod' };
    const { prepared } = await prepare({ annotations });
    expect(prepared.annotations).toEqual({ ...annotations, [hint('data', 'source')]: source });
  });

  it('keeps an emptyDir in the sandbox, unless it holds something or must not be', async () => {
    const folder = volume('kubernetes.io~empty-dir', 'cache');
    const annotations = { ...logs, [hint('cache', 'type')]: 'bind' };
    const typeOf = async (more: object = {}) =>
      (await prepare({ annotations: { ...annotations, ...more } })).prepared.annotations?.[hint('cache', 'type')];
    expect(await typeOf()).toBe('tmpfs');
    writeFileSync(join(folder, '.gvisor.filestore.1'), '');
    expect(await typeOf()).toBe('tmpfs');
    expect(await typeOf({ 'dev.gvisor.empty-dir.cache.force-shared': 'true' })).toBe('bind');
    writeFileSync(join(folder, 'file'), '');
    expect(await typeOf()).toBe('bind');
    const { prepared } = await prepare({ annotations });
    expect(prepared.annotations?.[hint('cache', 'share')]).toBe('shared');
  });

  it('refuses a hint for a volume that is not exactly one folder', async () => {
    const annotations = { ...logs, [hint('data', 'type')]: 'bind' };
    await expect(prepare({ annotations })).rejects.toMatchObject({ code: 'invalid_argument' });
    volume('kubernetes.io~csi', 'data');
    volume('kubernetes.io~nfs', 'data');
    await expect(prepare({ annotations })).rejects.toThrow('unexpected matched volume list for data');
  });

  it.each([undefined, '/var/log/pods/a_b'])('has no hints looked up without a pod uid (%s)', async (folder) => {
    const annotations = {
      [hint('data', 'type')]: 'bind',
      ...(folder && { 'io.kubernetes.cri.sandbox-log-directory': folder }),
    };
    expect((await prepare({ annotations })).rewritten).toBe(false);
  });

  it("gives a pod container's mount of a hinted volume the hinted type", async () => {
    const source = volume('kubernetes.io~empty-dir', 'cache');
    const mounts = [
      { destination: '/cache', type: 'bind', source, options: ['rbind', 'ro'] },
      { destination: '/below', type: 'bind', source: join(source, 'below'), options: ['rbind'] },
      { destination: '/other', type: 'bind', source: '/srv', options: ['rbind'] },
    ];
    const annotations = { [criType]: 'container', [hint('cache', 'type')]: 'tmpfs' };
    const { prepared } = await prepare({ annotations, mounts });
    expect(prepared.mounts).toEqual([
      { destination: '/cache', type: 'tmpfs', source, options: ['ro'] },
      ...mounts.slice(1),
    ]);
    expect(prepared.annotations).toEqual(annotations);
  });

  it("keeps a pod's /dev/shm in the sandbox", async () => {
    const bind = { destination: '/dev/shm', type: 'bind', source: '/run/shm-1', options: ['rbind', 'ro'] };
    const own = { destination: '/dev/shm', type: 'tmpfs', source: 'shm' };
    const root = await prepare({ mounts: [own, bind] });
    expect(root.prepared.mounts).toEqual([{ ...bind, type: 'tmpfs', options: ['ro'] }]);
    expect(root.prepared.annotations).toEqual({
      [hint('gvisorinternaldevshm', 'source')]: '/run/shm-1',
      [hint('gvisorinternaldevshm', 'type')]: 'tmpfs',
      [hint('gvisorinternaldevshm', 'share')]: 'pod',
      [hint('gvisorinternaldevshm', 'options')]: 'rw',
    });
    const inner = await prepare({ mounts: [bind], annotations: { [criType]: 'container' } });
    expect(inner.prepared.mounts).toEqual([{ ...bind, type: 'tmpfs', options: ['ro'] }]);
    expect(inner.prepared.annotations).toEqual({ [criType]: 'container' });
    expect((await prepare({ mounts: [own] })).rewritten).toBe(false);
  });
});
