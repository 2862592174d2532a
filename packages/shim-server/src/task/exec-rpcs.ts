import { type OciProcess, parseExecId, SandshimError } from '@sandshim/runsc-client';
import { unpackJson } from '../api/any.ts';
import type { CloseIORequest, ExecProcessRequest, ResizePtyRequest } from '../api/gen/containerd/task/v3/task.ts';
import type { Empty } from '../api/gen/google/protobuf/empty.ts';
import type { TaskContext } from './task-context.ts';

/** Task.Exec: records the process; Start makes it. */
export async function exec(task: TaskContext, request: ExecProcessRequest): Promise<Empty> {
  const container = await task.containers.get(request.id);
  const { stdin, stdout, stderr, terminal } = request;
  if (request.spec === undefined) throw new SandshimError('invalid_argument', 'no process to execute');
  const process = parseProcess(unpackJson(request.spec));
  container.addExec(parseExecId(request.execId), {
    process: { ...process, terminal },
    stdin,
    stdout,
    stderr,
    terminal,
  });
  return {};
}

/** Task.ResizePty. Without a terminal it does nothing. */
export async function resizePty(task: TaskContext, request: ResizePtyRequest): Promise<Empty> {
  const { width: columns, height: rows } = request;
  const process = await task.containers.process(request.id, request.execId);
  await process.resize({ rows, columns });
  return {};
}

/** Task.CloseIO: end of input. Its `stdin` flag is not looked at, as in the other shims. */
export async function closeIo(task: TaskContext, request: CloseIORequest): Promise<Empty> {
  const process = await task.containers.process(request.id, request.execId);
  await process.closeStdin();
  return {};
}

function parseProcess(value: unknown): OciProcess {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SandshimError('invalid_argument', 'the process to execute is not a JSON object');
  }
  if (!('args' in value) || !Array.isArray(value.args) || value.args.length === 0 || !value.args.every(isText)) {
    throw new SandshimError('invalid_argument', 'the process to execute has no args');
  }
  const cwd = 'cwd' in value ? value.cwd : '/';
  if (!isText(cwd)) throw new SandshimError('invalid_argument', 'the cwd of the process to execute is not text');
  return { ...value, args: value.args, cwd };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
