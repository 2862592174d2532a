import { spawnCommand } from '../spawn-command.ts';
import type { Spawner, SpawnRequest, SpawnResult } from '../spawner.ts';

/** A spawner that starts no runtime (only the mkfifo that a captured run needs), remembers every request, and answers as it is told. */
export interface CommandRecorder {
  readonly spawner: Spawner;
  readonly requests: readonly SpawnRequest[];
}

/** `answer` says how a command ends; by default with status 0 and no output. */
export function recordCommands(answer: (request: SpawnRequest) => Partial<SpawnResult> = () => ({})): CommandRecorder {
  const requests: SpawnRequest[] = [];
  const spawner: Spawner = (request) => {
    if (request.file === 'mkfifo') return spawnCommand(request);
    requests.push(request);
    const ended = { aborted: false, timedOut: false, stdout: '', stdoutTruncated: false, stderr: '' };
    const told = answer(request);
    const how = told.signal === undefined && told.spawnError === undefined ? { exitCode: 0 } : {};
    return { exited: Promise.resolve(), result: Promise.resolve({ ...ended, ...how, ...told }) };
  };
  return { spawner, requests };
}
