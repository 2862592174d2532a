import { type OutputEndpoint, parseOutputEndpoint } from './endpoint.ts';
import { openFifoReader } from './fifo/fifo-reader.ts';
import { Logger } from './logger/logger.ts';
import type { ProcessIoDeps } from './open-process-io.ts';
import { TargetOpener } from './open-target.ts';
import { PipedProcessIo } from './piped-process-io.ts';
import type { OpenProcessIoOptions, ProcessIo } from './process-io.ts';
import { StreamSet } from './stream-set.ts';
import { CopiedInput } from './streams/copied-input.ts';
import { CopiedOutput } from './streams/copied-output.ts';
import { DirectInput, DirectOutput } from './streams/direct-streams.ts';
import { LoggedOutput } from './streams/logged-output.ts';
import { openOutputPipe, type PipeOwner } from './streams/output-pipe.ts';
import type { Stream } from './streams/stream.ts';

type Deps = Required<ProcessIoDeps>;
type LoggerEndpoint = Extract<OutputEndpoint, { readonly kind: 'logger' }>;
const outputNames = ['stdout', 'stderr'] as const;

/** Opens the io of a process without a terminal. See {@link openProcessIo}. */
export async function openPipedIo(options: OpenProcessIoOptions, deps: Deps): Promise<ProcessIo> {
  const endpoints = { stdout: parseOutputEndpoint(options.stdout), stderr: parseOutputEndpoint(options.stderr) };
  await using opening = new AsyncDisposableStack();
  // Disposed after the streams: a logging program is told to end only when it could see the end of its input.
  const loggers = opening.use(new AsyncDisposableStack());
  const streams = opening.use(new StreamSet());
  if (options.stdin !== '') streams.addInput(openInput(options, deps));
  const logger = [endpoints.stdout, endpoints.stderr].find((endpoint) => endpoint.kind === 'logger');
  if (logger === undefined) await openPlaces(streams, { options, deps, endpoints });
  else loggers.use(await openLogger(streams, { options, deps, endpoint: logger }));
  return new PipedProcessIo(streams, opening.move());
}

function openInput(options: OpenProcessIoOptions, { sys }: Deps) {
  const settings = { sys, owner: ownerOf(options) };
  const open = () => openFifoReader(options.stdin, { sys, keepAlive: true });
  if (!options.direct) return new CopiedInput(open, { ...settings, after: options.inputAfter });
  const fifo = open();
  try {
    return new DirectInput(fifo, settings);
  } catch (error) {
    fifo[Symbol.dispose]();
    throw error;
  }
}

interface Opening {
  readonly options: OpenProcessIoOptions;
  readonly deps: Deps;
}

async function openPlaces(
  streams: StreamSet,
  { options, deps, endpoints }: Opening & { readonly endpoints: Readonly<Record<'stdout' | 'stderr', OutputEndpoint>> },
): Promise<void> {
  const targets = new TargetOpener(deps.sys);
  for (const name of outputNames) {
    const endpoint = endpoints[name];
    if (endpoint.kind === 'none' || endpoint.kind === 'logger') continue;
    const target = await targets.open(endpoint);
    const settings = { sys: deps.sys, name, owner: ownerOf(options) };
    const stream: Stream =
      options.direct && target.kind === 'fifo'
        ? new DirectOutput(target.fifo, settings)
        : new CopiedOutput(target, settings);
    streams.addOutput(stream);
  }
}

/** One program reads both outputs, as containerd starts one. */
async function openLogger(
  streams: StreamSet,
  { options, deps, endpoint }: Opening & { readonly endpoint: LoggerEndpoint },
): Promise<Logger> {
  const { sys } = deps;
  using pipes = new DisposableStack();
  const open = () => {
    const pipe = openOutputPipe(sys, ownerOf(options));
    pipes.defer(() => sys.close(pipe.read));
    pipes.defer(() => sys.close(pipe.write));
    return pipe;
  };
  const pipe = { stdout: open(), stderr: open() };
  const { id, namespace, signal } = options;
  const reading = { stdout: pipe.stdout.read, stderr: pipe.stderr.read };
  const logger = await Logger.start(endpoint.command, { ...deps, id, namespace, signal, ...reading });
  pipes.move();
  for (const name of outputNames) {
    const stream = new LoggedOutput(logger, { sys, name, pipe: pipe[name] });
    // The program may read both; a process without that stream just never writes it.
    if (options[name] === '') stream.releaseChild();
    streams.addOutput(stream);
  }
  return logger;
}

function ownerOf({ uid, gid }: OpenProcessIoOptions): PipeOwner | undefined {
  return uid === undefined && gid === undefined ? undefined : { uid: uid ?? 0, gid: gid ?? 0 };
}
