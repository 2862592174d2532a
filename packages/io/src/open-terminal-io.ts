import { ConsoleSocket } from './console/console-socket.ts';
import { parseOutputEndpoint } from './endpoint.ts';
import { openFifoReader } from './fifo/fifo-reader.ts';
import { Logger } from './logger/logger.ts';
import type { ProcessIoDeps } from './open-process-io.ts';
import { TargetOpener } from './open-target.ts';
import type { OpenProcessIoOptions, ProcessIo } from './process-io.ts';
import { StreamSet } from './stream-set.ts';
import { openOutputPipe } from './streams/output-pipe.ts';
import { closeTarget, type OutputTarget } from './streams/output-target.ts';
import { TerminalProcessIo } from './terminal-process-io.ts';

/** Opens the io of a process with a terminal: what it prints goes to stdout's place alone. See {@link openProcessIo}. */
export async function openTerminalIo(options: OpenProcessIoOptions, deps: Required<ProcessIoDeps>): Promise<ProcessIo> {
  const { sys } = deps;
  await using opening = new AsyncDisposableStack();
  using parts = new DisposableStack();
  const socket = opening.use(await ConsoleSocket.open(sys));
  const streams = new StreamSet();
  const input = options.stdin === '' ? undefined : parts.use(openFifoReader(options.stdin, { sys, keepAlive: true }));
  const { target, logger } = await openTarget(options, deps);
  parts.defer(() => closeTarget(sys, target));
  if (logger !== undefined) opening.use(logger);
  opening.use(streams);
  parts.move();
  return new TerminalProcessIo({
    ...{ sys, socket, input, target, streams },
    consumed: logger?.exited,
    owned: opening.move(),
  });
}

interface TerminalTarget {
  readonly target: OutputTarget;
  readonly logger?: Logger;
}

async function openTarget(options: OpenProcessIoOptions, deps: Required<ProcessIoDeps>): Promise<TerminalTarget> {
  const endpoint = parseOutputEndpoint(options.stdout);
  switch (endpoint.kind) {
    case 'none':
      return { target: { kind: 'discard' } };
    case 'logger':
      break;
    default:
      return { target: await new TargetOpener(deps.sys).open(endpoint) };
  }
  const { sys } = deps;
  const stdout = openOutputPipe(sys, undefined);
  // A terminal has no stderr: the program finds the end there.
  const stderr = openOutputPipe(sys, undefined);
  sys.close(stderr.write);
  try {
    sys.setNonBlocking(stdout.write, true);
    const { id, namespace, signal } = options;
    const reading = { stdout: stdout.read, stderr: stderr.read };
    const logger = await Logger.start(endpoint.command, { ...deps, id, namespace, signal, ...reading });
    return { target: { kind: 'pipe', fd: stdout.write }, logger };
  } catch (error) {
    sys.close(stdout.write);
    throw error;
  } finally {
    sys.close(stdout.read);
    sys.close(stderr.read);
  }
}
