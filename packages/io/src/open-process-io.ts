import { SandshimError } from '@sandshim/runsc-client';
import { type OutputEndpoint, parseOutputEndpoint } from './endpoint.ts';
import { openFifoReader } from './fifo/fifo-reader.ts';
import { PipedProcessIo } from './piped-process-io.ts';
import type { OpenProcessIoOptions, ProcessIo } from './process-io.ts';
import { CopiedInput } from './streams/copied-input.ts';
import { CopiedOutput } from './streams/copied-output.ts';
import { type OutputTarget, openFileTarget, openPathTarget } from './streams/output-target.ts';
import type { Stream } from './streams/stream.ts';
import type { Sys } from './sys/index.ts';

/** What process io stands on. */
export interface ProcessIoDeps {
  readonly sys: Sys;
}

/**
 * Opens the io of one process, before its runtime command is started. When it throws, nothing stays open.
 * @throws SandshimError `invalid_argument` for endpoints that are none, `not_found` for a path that leads nowhere,
 * `canceled`, or SystemError
 */
export async function openProcessIo(options: OpenProcessIoOptions, deps: ProcessIoDeps): Promise<ProcessIo> {
  if (options.signal?.aborted) throw new SandshimError('canceled', 'opening the io of a process was canceled');
  const owner =
    options.uid === undefined && options.gid === undefined
      ? undefined
      : { uid: options.uid ?? 0, gid: options.gid ?? 0 };
  await using opened = new AsyncDisposableStack();
  const streams: Stream[] = [];
  const add = (stream: Stream): void => {
    opened.use(stream);
    streams.push(stream);
  };
  if (options.stdin !== '') {
    add(new CopiedInput(openFifoReader(options.stdin, { sys: deps.sys, keepAlive: true }), { sys: deps.sys, owner }));
  }
  const shared = new Map<string, OutputTarget>();
  for (const name of ['stdout', 'stderr'] as const) {
    const endpoint = parseOutputEndpoint(options[name]);
    const target = await openTarget(endpoint, { sys: deps.sys, shared });
    if (target !== undefined) add(new CopiedOutput(target, { sys: deps.sys, name, owner }));
  }
  opened.move();
  return new PipedProcessIo(streams);
}

async function openTarget(
  endpoint: OutputEndpoint,
  { sys, shared }: { readonly sys: Sys; readonly shared: Map<string, OutputTarget> },
): Promise<OutputTarget | undefined> {
  if (endpoint.kind === 'none') return undefined;
  if (endpoint.kind === 'logger') throw new SandshimError('unimplemented', 'logging programs');
  const before = shared.get(endpoint.path);
  if (before?.kind === 'file') return { kind: 'file', file: before.file.retain() };
  const target =
    endpoint.kind === 'file' ? await openFileTarget(sys, endpoint.path) : openPathTarget(sys, endpoint.path);
  shared.set(endpoint.path, target);
  return target;
}
