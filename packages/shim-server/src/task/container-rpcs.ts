import type { CheckpointRequest } from '@sandshim/proc';
import { SandshimError } from '@sandshim/runsc-client';
import { packAny, unpackAny, unpackJson } from '../api/any.ts';
import { CheckpointOptions, ProcessDetails } from '../api/gen/containerd/runc/v1/options.ts';
import type {
  CheckpointTaskRequest,
  PauseRequest,
  PidsRequest,
  PidsResponse,
  ResumeRequest,
  StatsRequest,
  StatsResponse,
  UpdateTaskRequest,
} from '../api/gen/containerd/task/v3/task.ts';
import type { Empty } from '../api/gen/google/protobuf/empty.ts';
import { metricsMessage } from './metrics-message.ts';
import type { TaskContext } from './task-context.ts';

/** Task.Pids. A pid that is an exec's own says which. */
export async function pids(task: TaskContext, request: PidsRequest): Promise<PidsResponse> {
  const container = await task.containers.get(request.id);
  const found = await container.pids();
  return {
    processes: found.map(({ pid, exec }) => ({
      pid,
      info: exec === undefined ? undefined : packAny(ProcessDetails, { execId: exec }),
    })),
  };
}

/** Task.Pause */
export async function pause(task: TaskContext, request: PauseRequest): Promise<Empty> {
  const container = await task.containers.get(request.id);
  await container.pause();
  return {};
}

/** Task.Resume */
export async function resume(task: TaskContext, request: ResumeRequest): Promise<Empty> {
  const container = await task.containers.get(request.id);
  await container.resume();
  return {};
}

/** Task.Update, of the resources; annotations mean nothing to the runtimes. */
export async function update(task: TaskContext, request: UpdateTaskRequest): Promise<Empty> {
  const container = await task.containers.get(request.id);
  if (request.resources === undefined) throw new SandshimError('invalid_argument', 'no resources to update');
  await container.update(unpackJson(request.resources));
  return {};
}

/** Task.Stats: the metrics message of the host's cgroup version. */
export async function stats(task: TaskContext, request: StatsRequest): Promise<StatsResponse> {
  const container = await task.containers.get(request.id);
  return { stats: metricsMessage(await container.stats()) };
}

/** Task.Checkpoint */
export async function checkpoint(task: TaskContext, request: CheckpointTaskRequest): Promise<Empty> {
  const container = await task.containers.get(request.id);
  const options = request.options === undefined ? undefined : unpackAny(CheckpointOptions, request.options);
  if (request.options !== undefined && options === undefined) {
    throw new SandshimError('invalid_argument', `unsupported option type ${JSON.stringify(request.options.typeUrl)}`);
  }
  await container.checkpoint(checkpointRequest(request.path, options ?? CheckpointOptions.decode(new Uint8Array(0))));
  return {};
}

const cgroupsModes = ['soft', 'full', 'strict', 'ignore'] as const;

function checkpointRequest(path: string, options: CheckpointOptions): CheckpointRequest {
  const where = options.imagePath || path;
  if (where === '') throw new SandshimError('invalid_argument', 'no path for the checkpoint');
  const cgroupsMode = cgroupsModes.find((mode) => mode === options.cgroupsMode);
  if (options.cgroupsMode !== '' && cgroupsMode === undefined) {
    throw new SandshimError('invalid_argument', `unknown cgroups mode ${JSON.stringify(options.cgroupsMode)}`);
  }
  return {
    path: where,
    leaveRunning: !options.exit,
    tcpEstablished: options.openTcp,
    externalUnixSockets: options.externalUnixSockets,
    shellJob: options.terminal,
    fileLocks: options.fileLocks,
    emptyNamespaces: options.emptyNamespaces,
    ...(cgroupsMode === undefined ? {} : { cgroupsMode }),
    ...(options.workPath === '' ? {} : { workPath: options.workPath }),
    ...(options.parentPath === '' ? {} : { parentPath: options.parentPath }),
  };
}
