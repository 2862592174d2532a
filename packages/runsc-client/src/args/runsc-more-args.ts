import { resolve } from 'node:path';
import type {
  DebugOptions,
  FsCheckpointOptions,
  PassFdOptions,
  PortForwardOptions,
  RunscCheckpointOptions,
  RunscCreateOptions,
  RunscSpecOptions,
  RunscWaitOptions,
} from '../runsc-options.ts';
import { flag, joined, option, pathOption } from './flags.ts';

export function runscFsRestoreArgs(options: RunscCreateOptions): readonly string[] {
  return [
    ...pathOption('--fs-restore-image-path', options.fsRestoreImagePath),
    ...flag('--fs-restore-direct', options.fsRestoreDirect),
  ];
}

/** The command has the passed descriptors from 3 on, in this order. */
export function runscPassFdArgs({ passFds = [], execFd }: PassFdOptions): readonly string[] {
  const passed = passFds.flatMap(({ target }, index) => ['--pass-fd', `${3 + index}:${target}`]);
  return [...passed, ...option('--exec-fd', execFd === undefined ? undefined : 3 + passFds.length)];
}

export function runscSaveRestoreArgs(options: RunscCheckpointOptions): readonly string[] {
  const timeoutMs = options.saveRestoreExecTimeoutMs;
  return [
    ...joined('--save-restore-exec-argv', options.saveRestoreExecArgv),
    ...joined('--save-restore-exec-timeout', timeoutMs === undefined ? undefined : `${timeoutMs}ms`),
    ...joined('--cuda-checkpoint-path', options.cudaCheckpointPath),
    ...flag('--cuda-checkpoint-sequential', options.cudaCheckpointSequential),
  ];
}

export function runscFsCheckpointArgs(options: FsCheckpointOptions): readonly string[] {
  return [
    ...joined('--image-path', resolve(options.imagePath)),
    ...flag('--leave-running', options.leaveRunning),
    ...flag('--direct', options.direct),
    ...joined('--path', options.path),
  ];
}

export function runscWaitArgs(options: RunscWaitOptions): readonly string[] {
  return [...option('--pid', options.pid), ...option('--rootpid', options.rootPid)];
}

export function runscSpecArgs(options: RunscSpecOptions): readonly string[] {
  return [
    '--bundle',
    resolve(options.bundle),
    ...option('--cwd', options.cwd),
    ...option('--netns', options.netns),
    ...(options.args === undefined ? [] : ['--', ...options.args]),
  ];
}

export function runscDebugArgs(options: DebugOptions): readonly string[] {
  const strace = typeof options.strace === 'object' ? options.strace.join(',') : options.strace;
  const ms = (value: number | undefined) => (value === undefined ? undefined : `${value}ms`);
  return [
    ...flag('--stacks', options.stacks),
    ...flag('--ps', options.ps),
    ...pathOption('--profile-block', options.profileBlock),
    ...pathOption('--profile-cpu', options.profileCpu),
    ...pathOption('--profile-heap', options.profileHeap),
    ...pathOption('--profile-mutex', options.profileMutex),
    ...pathOption('--trace', options.trace),
    ...option('--delay', ms(options.delayMs)),
    ...option('--duration', ms(options.durationMs)),
    ...option('--signal', options.sandboxSignal),
    ...option('--strace', strace),
    ...option('--log-level', options.logLevel),
    ...joined('--log-packets', options.logPackets),
    ...option('--mount', options.mount),
  ];
}

export function runscPortForwardArgs(id: string, options: PortForwardOptions): readonly string[] {
  const { stream, localPort, remotePort } = options;
  if (stream !== undefined) return ['--stream', resolve(stream), id, String(remotePort)];
  return [id, `${localPort ?? remotePort}:${remotePort}`];
}
