import { join } from 'node:path';
import type { ServiceClientConstructor } from '@grpc/grpc-js';
import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type {
  ContainerConfig,
  ContainerStats,
  ContainerStatus,
  LinuxResources,
  PodConfig,
  PodStatus,
} from './messages.ts';

/** A failed call: the CRI's own code and words. */
export class CriError extends Error {
  readonly code: string;

  constructor(method: string, code: number, details: string) {
    super(`${method}: ${details}`);
    this.name = 'CriError';
    this.code = status[code] ?? String(code);
  }
}

/** Speaks to a containerd as a kubelet does. */
export interface CriClient extends Disposable {
  runPod(config: PodConfig, runtimeHandler: string): Promise<string>;
  stopPod(pod: string): Promise<void>;
  removePod(pod: string): Promise<void>;
  podStatus(pod: string): Promise<PodStatus>;
  createContainer(pod: string, config: ContainerConfig, podConfig: PodConfig): Promise<string>;
  startContainer(container: string): Promise<void>;
  stopContainer(container: string, timeoutSeconds: number): Promise<void>;
  removeContainer(container: string): Promise<void>;
  listContainers(): Promise<readonly string[]>;
  containerStatus(container: string): Promise<ContainerStatus>;
  updateResources(container: string, resources: LinuxResources): Promise<void>;
  execSync(
    container: string,
    command: readonly string[],
    timeoutSeconds?: number,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  execUrl(container: string, command: readonly string[], options: { tty: boolean; stdin: boolean }): Promise<string>;
  attachUrl(container: string, options: { tty: boolean; stdin: boolean }): Promise<string>;
  portForwardUrl(pod: string, port: number): Promise<string>;
  stats(container: string): Promise<ContainerStats>;
}

type Reply = Readonly<Record<string, unknown>>;

/** Opens a client on containerd's socket. The caller disposes of it. */
export function openCri(address: string): CriClient {
  const definition = loadSync(join(import.meta.dirname, 'cri.proto'), {
    keepCase: false,
    longs: Number,
    enums: String,
    defaults: true,
  });
  const service = definition['runtime.v1.RuntimeService'] as Parameters<typeof loadPackageDefinition>[0][string];
  const loaded = loadPackageDefinition({ RuntimeService: service });
  const Client = loaded['RuntimeService'] as unknown as ServiceClientConstructor;
  const client = new Client(`unix://${address}`, credentials.createInsecure());

  const call = (method: string, request: object): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const invoke = client[method] as (request: object, options: object, done: CallDone) => void;
      invoke.call(client, request, { deadline: Date.now() + 90_000 }, (error, reply) =>
        error === null ? resolve(reply ?? {}) : reject(new CriError(method, error.code, error.details)),
      );
    });
  const done = async (method: string, request: object): Promise<void> => {
    await call(method, request);
  };

  return {
    runPod: async (config, runtimeHandler) =>
      text(await call('RunPodSandbox', { config, runtimeHandler }), 'podSandboxId'),
    stopPod: (podSandboxId) => done('StopPodSandbox', { podSandboxId }),
    removePod: (podSandboxId) => done('RemovePodSandbox', { podSandboxId }),
    podStatus: async (podSandboxId) => (await call('PodSandboxStatus', { podSandboxId }))['status'] as PodStatus,
    createContainer: async (podSandboxId, config, sandboxConfig) =>
      text(await call('CreateContainer', { podSandboxId, config, sandboxConfig }), 'containerId'),
    startContainer: (containerId) => done('StartContainer', { containerId }),
    stopContainer: (containerId, timeout) => done('StopContainer', { containerId, timeout }),
    removeContainer: (containerId) => done('RemoveContainer', { containerId }),
    listContainers: async () =>
      ((await call('ListContainers', {}))['containers'] as readonly { id: string }[]).map(({ id }) => id),
    containerStatus: async (containerId) =>
      (await call('ContainerStatus', { containerId }))['status'] as ContainerStatus,
    updateResources: (containerId, linux) => done('UpdateContainerResources', { containerId, linux }),
    execSync: async (containerId, cmd, timeout = 0) => {
      const reply = await call('ExecSync', { containerId, cmd, timeout });
      return {
        stdout: String(reply['stdout']),
        stderr: String(reply['stderr']),
        exitCode: Number(reply['exitCode']),
      };
    },
    execUrl: async (containerId, cmd, { tty, stdin }) =>
      text(await call('Exec', { containerId, cmd, tty, stdin, stdout: true, stderr: !tty }), 'url'),
    attachUrl: async (containerId, { tty, stdin }) =>
      text(await call('Attach', { containerId, tty, stdin, stdout: true, stderr: !tty }), 'url'),
    portForwardUrl: async (podSandboxId, port) =>
      text(await call('PortForward', { podSandboxId, port: [port] }), 'url'),
    stats: async (containerId) => (await call('ContainerStats', { containerId }))['stats'] as ContainerStats,
    [Symbol.dispose]: () => client.close(),
  };
}

type CallDone = (error: { readonly code: number; readonly details: string } | null, reply?: Reply) => void;

function text(reply: Reply, field: string): string {
  const value = reply[field];
  if (typeof value !== 'string' || value === '') throw new Error(`the answer has no ${field}`);
  return value;
}
