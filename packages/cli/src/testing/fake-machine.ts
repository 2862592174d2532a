import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';

/** A machine's files below a temporary folder, in which nothing is wrong until a test plants a fault. */
export interface FakeMachine extends AsyncDisposable {
  readonly root: string;
  write(path: string, text: string): void;
  /** A shell script that is executable. */
  script(path: string, body: string): void;
  /** A symlink, which may lead nowhere. */
  link(target: string, path: string): void;
  remove(path: string): void;
  makeFifo(path: string): void;
  /** A unix socket that accepts; `close` leaves the socket file, as a killed shim does. */
  listen(path: string): Promise<{ readonly close: () => Promise<void> }>;
}

/** Makes an empty machine; disposing removes it. */
export function createFakeMachine(): FakeMachine {
  const root = mkdtempSync('/tmp/sandshim-m-');
  const servers: Server[] = [];
  const at = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  return {
    root,
    write: (path, text) => writeFileSync(at(path), text),
    script: (path, body) => {
      writeFileSync(at(path), `#!/bin/sh\n${body}\n`);
      chmodSync(at(path), 0o755);
    },
    link: (target, path) => symlinkSync(target, at(path)),
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    makeFifo: (path) => void execFileSync('mkfifo', [at(path)]),
    listen: async (path) => {
      const server = createServer((socket) => socket.end());
      servers.push(server);
      await new Promise<void>((resolve) => void server.listen(at(path), resolve));
      return { close: () => closeServer(server) };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map(closeServer));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

/** Debian 12 with containerd 1.6, runsc, runc, sandshim's shims, one runsc task, and cgroup v1. */
export async function createHealthyMachine(): Promise<FakeMachine> {
  const machine = createFakeMachine();
  machine.write('/proc/sys/kernel/osrelease', '6.1.0-18-amd64\n');
  machine.write('/proc/filesystems', 'nodev\tproc\nnodev\toverlay\n');
  machine.write('/proc/self/status', 'Name:\tnode\nCapEff:\t000001ffffffffff\n');
  for (const name of ['mnt', 'pid', 'net', 'ipc', 'uts', 'user']) machine.write(`/proc/self/ns/${name}`, '');
  machine.write('/proc/self/mountinfo', mountinfo(['cpu,cpuacct', 'memory', 'pids']));
  machine.write('/proc/cpuinfo', 'flags\t\t: fpu vme vmx\n');
  machine.script('/usr/bin/runsc', 'echo "runsc version release-20240729.0"');
  machine.script('/usr/bin/runc', 'echo "runc version 1.1.5"');
  machine.script('/usr/bin/containerd', 'echo "containerd github.com/containerd/containerd 1.6.20 x"');
  machine.script('/usr/bin/unshare', 'exit 1');
  machine.script('/usr/local/bin/containerd-shim-runsc-v1', 'echo "containerd-shim-runsc-v1: sandshim 0.1.0"');
  machine.script('/usr/local/bin/containerd-shim-sandshim-runc-v2', 'echo "sandshim 0.1.0"');
  machine.write('/etc/containerd/config.toml', containerdConfig);
  machine.write('/etc/containerd/runsc.toml', '[runsc_config]\nplatform = "systrap"\nnetwork = "none"\n');
  await machine.listen('/run/containerd/containerd.sock');
  await machine.listen('/run/containerd/s/0001');
  machine.write(`${bundleOf('c1')}/address`, 'unix:///run/containerd/s/0001');
  machine.makeFifo(`${bundleOf('c1')}/log`);
  return machine;
}

export function bundleOf(id: string): string {
  return `/run/containerd/io.containerd.runtime.v2.task/default/${id}`;
}

export function mountinfo(controllers: readonly string[]): string {
  return controllers
    .map((name, at) => `${30 + at} 25 0:${at} / /sys/fs/cgroup/${name} rw,nosuid - cgroup cgroup rw,${name}\n`)
    .join('');
}

const containerdConfig = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc]
  runtime_type = "io.containerd.runsc.v1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc.options]
    ConfigPath = "/etc/containerd/runsc.toml"
`;
