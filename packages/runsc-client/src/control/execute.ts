import type { Fd } from '../ids.ts';
import type { CallOptions, WaitResult } from '../runtime.ts';
import { bounded } from './bounded.ts';
import { readAnswer, readExit, readPid } from './control-answers.ts';
import type { ControlClient } from './control-client.ts';
import { ControlConnection } from './control-connection.ts';
import { ControlError } from './control-error.ts';
import type { ExecArguments } from './exec-arguments.ts';

const executeMethod = 'containerManager.ExecuteAsync';
const waitMethod = 'containerManager.WaitPID';
const sigkill = 9;
/** How long a process that nobody waits for any more may take to come up, to be killed then. */
const abandonedMs = 60_000;

/** A process that {@link execute} started. */
export interface ExecutedProcess {
  /** Its pid in the container's pid namespace. */
  readonly pid: number;
  /**
   * Settles with its status, however early it ended. Rejects with {@link ControlError} `unavailable` if the sandbox ended
   * without telling. One open connection until then.
   */
  readonly exit: Promise<WaitResult>;
}

export interface ExecuteOptions extends CallOptions {
  /** Become 0, 1, 2 of the process. They stay the caller's. */
  readonly descriptors: readonly Fd[];
}

/**
 * Starts a process in a container. The wait for it is asked for on the same connection: the sandbox keeps the status of a
 * process until its waiter comes, so that no exit is lost. When this is aborted or out of time after the sandbox was asked, a
 * process that comes up late is killed.
 * @throws ControlError
 */
export function execute(
  client: ControlClient,
  options: ExecuteOptions & { readonly process: ExecArguments },
): Promise<ExecutedProcess> {
  const { process, descriptors } = options;
  return bounded({ timeoutMs: client.timeoutMs, ...options }, async (signal) => {
    const { sender, maxAnswerBytes } = client;
    if (sender === undefined) {
      throw new ControlError('unimplemented', 'sending descriptors needs a DescriptorSender', { outcome: 'not-sent' });
    }
    const request = { method: executeMethod, argument: process, descriptors, sender };
    const { connection, answer } = await ControlConnection.openWithDescriptors(client.path, {
      ...request,
      signal,
      maxAnswerBytes,
    });
    const started = answer.then((result) => readAnswer(executeMethod, result, readPid));
    try {
      const pid = await orAborted(started, signal);
      return { pid, exit: exitOf(connection, { container: process.ContainerID, pid }) };
    } catch (error) {
      if (signal.aborted) abandon(client, { connection, started, container: process.ContainerID });
      else connection[Symbol.dispose]();
      throw error;
    }
  });
}

function exitOf(
  connection: ControlConnection,
  { container, pid }: { readonly container: string; readonly pid: number },
): Promise<WaitResult> {
  const argument = { CID: container, PID: pid };
  const exit = connection
    .call({ method: waitMethod, argument })
    .then((result) => readAnswer(waitMethod, result, readExit))
    .finally(() => connection[Symbol.dispose]());
  // Whoever is interested gets the rejection; nobody has to be.
  exit.catch(() => undefined);
  return exit;
}

function abandon(
  client: ControlClient,
  late: { readonly connection: ControlConnection; readonly started: Promise<number>; readonly container: string },
): void {
  const { connection, started, container } = late;
  const timer = setTimeout(() => connection[Symbol.dispose](), abandonedMs).unref();
  const kill = async () => {
    const pid = await started;
    const exit = exitOf(connection, { container, pid });
    await client.signal(container, { signo: sigkill, target: { kind: 'process', pid } });
    await exit;
  };
  // It either came up and was killed, or never will: there is nobody left to tell.
  void kill()
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer);
      connection[Symbol.dispose]();
    });
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      const { code, message } = ControlError.from(signal.reason);
      reject(new ControlError(code, message, { method: executeMethod, outcome: 'unknown', cause: signal.reason }));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
