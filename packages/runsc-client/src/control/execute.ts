import type { Fd } from '../ids.ts';
import type { CallOptions, WaitResult } from '../runtime.ts';
import { bounded } from './bounded.ts';
import { readAnswer, readExit, readPid } from './control-answers.ts';
import type { ControlClient } from './control-client.ts';
import { ControlConnection } from './control-connection.ts';
import { ControlError, unanswered } from './control-error.ts';
import type { ExecArguments } from './exec-arguments.ts';

const executeMethod = 'containerManager.ExecuteAsync';
const waitMethod = 'containerManager.WaitPID';
const sigkill = 9;
/** How long a process that nobody waits for any more may take to come up, to be killed then. */
const abandonedMs = 60_000;

/** A process that {@link execute} started: one open connection until it has ended. Disposing it closes that, no more. */
export interface ExecutedProcess extends Disposable {
  /** Its pid in the sandbox. */
  readonly pid: number;
  /**
   * Settles with its status, however early it ended. Rejects with {@link ControlError} `unavailable` if the sandbox ended
   * without telling, with `canceled` once disposed. It need not be listened to.
   */
  readonly exit: Promise<WaitResult>;
}

export interface ExecuteOptions extends CallOptions {
  readonly process: ExecArguments;
  /** Become 0, 1, 2 of the process. They stay the caller's, who may close them when this settles. */
  readonly descriptors: readonly Fd[];
}

/** A connection on which a process is being started. */
interface Launch {
  readonly connection: ControlConnection;
  readonly started: Promise<number>;
  readonly container: string;
}

/**
 * Starts a process in a container. The wait for it is asked for on the same connection: the sandbox keeps the status of a
 * process until its first waiter has got it, so that no exit is lost. When this is aborted or out of time after the sandbox
 * was asked, a process that comes up late is killed.
 * @throws ControlError
 */
export function execute(client: ControlClient, options: ExecuteOptions): Promise<ExecutedProcess> {
  return bounded({ timeoutMs: client.timeoutMs, ...options }, async (signal) => {
    const launch = await ask(client, { ...options, signal });
    try {
      const pid = await orAborted(launch.started, signal);
      return executed(launch, pid);
    } catch (error) {
      if (signal.aborted) abandon(client, launch);
      else launch.connection[Symbol.dispose]();
      throw error;
    }
  });
}

async function ask(
  client: ControlClient,
  { process, descriptors, signal }: ExecuteOptions & { readonly signal: AbortSignal },
): Promise<Launch> {
  const { path, sender, peerPid, maxAnswerBytes } = client;
  if (sender === undefined) {
    throw new ControlError('unimplemented', 'sending descriptors needs a DescriptorSender', { outcome: 'not-sent' });
  }
  const request = { method: executeMethod, argument: process, descriptors, sender };
  const { connection, answer } = await ControlConnection.openWithDescriptors(path, {
    ...request,
    ...{ signal, maxAnswerBytes, peerPid },
  });
  const started = answer.then((result) => readAnswer(executeMethod, result, readPid));
  return { connection, started, container: process.ContainerID };
}

function executed({ connection, container }: Launch, pid: number): ExecutedProcess {
  const wait = new AbortController();
  const exit = connection
    .call({ method: waitMethod, argument: { CID: container, PID: pid } }, { signal: wait.signal })
    .then((result) => readAnswer(waitMethod, result, readExit))
    .finally(() => connection[Symbol.dispose]());
  exit.catch(() => undefined);
  return {
    pid,
    exit,
    [Symbol.dispose]: () => wait.abort(new ControlError('canceled', 'nobody waits for it', { outcome: 'unknown' })),
  };
}

function abandon(client: ControlClient, launch: Launch): void {
  const timer = setTimeout(() => launch.connection[Symbol.dispose](), abandonedMs).unref();
  const killWhenUp = async () => {
    const pid = await launch.started;
    const process = executed(launch, pid);
    await client.signal(launch.container, { signo: sigkill, target: { kind: 'process', pid } });
    await process.exit;
  };
  // It came up and was killed, or never will: there is nobody to tell.
  void killWhenUp()
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer);
      launch.connection[Symbol.dispose]();
    });
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(unanswered(executeMethod, signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
