import { setTimeout as sleep } from 'node:timers/promises';
import { type Fd, SandshimError, type SpawnedCommand, type Spawner } from '@sandshim/runsc-client';
import type { LoggerCommand } from '../endpoint.ts';
import type { Sys } from '../sys/index.ts';
import { awaitReady } from './await-ready.ts';

/** containerd's grace for a logging program that was told to end. */
const graceMs = 12_000;

/** What a logging program is told, and what it is started with. */
export interface LoggerOptions {
  readonly sys: Sys;
  readonly spawn: Spawner;
  readonly id: string;
  readonly namespace: string;
  /** The reading ends of the process's output: its descriptors 3 and 4. They stay the caller's. */
  readonly stdout: Fd;
  readonly stderr: Fd;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A logging program: it reads a process's output itself, from descriptors 3 and 4, and says through 5 when it is ready.
 * Its environment is CONTAINER_ID and CONTAINER_NAMESPACE alone.
 */
export class Logger implements AsyncDisposable {
  readonly #command: SpawnedCommand;
  #exited = false;
  /** Settles when the program has ended. Never rejects. */
  readonly exited: Promise<void>;

  private constructor(command: SpawnedCommand) {
    this.#command = command;
    this.exited = command.exited.then(() => {
      this.#exited = true;
    });
  }

  /**
   * Starts the program and waits until it is ready.
   * @throws SandshimError `not_found` where it cannot be started, `failed_precondition` with its stderr where it ends
   * instead, `deadline_exceeded`, `canceled`
   */
  static async start(command: LoggerCommand, options: LoggerOptions): Promise<Logger> {
    const { sys } = options;
    const ready = sys.pipe();
    let writer: Fd | undefined = ready.write;
    try {
      const spawned = options.spawn({
        file: command.path,
        args: command.args,
        env: { CONTAINER_ID: options.id, CONTAINER_NAMESPACE: options.namespace },
        extraFds: [options.stdout, options.stderr, ready.write],
        maxCaptureBytes: 4096,
      });
      sys.close(ready.write);
      writer = undefined;
      const logger = new Logger(spawned);
      try {
        await awaitReady(spawned, { command, sys, ready: ready.read, signal: options.signal });
      } catch (error) {
        await logger[Symbol.asyncDispose]();
        throw error;
      }
      return logger;
    } finally {
      if (writer !== undefined) sys.close(writer);
      sys.close(ready.read);
    }
  }

  /** SIGTERM, and SIGKILL after the grace. The program's own ending needs neither. */
  async [Symbol.asyncDispose](): Promise<void> {
    const stop = new AbortController();
    try {
      this.#signal('SIGTERM');
      await Promise.race([this.exited, sleep(graceMs, undefined, { signal: stop.signal }).catch(() => undefined)]);
      this.#signal('SIGKILL');
      await this.exited;
    } finally {
      stop.abort();
    }
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#command;
    if (this.#exited || pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      const gone = new SandshimError('internal', `cannot send ${signal} to logging program ${pid}`, { cause: error });
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw gone;
    }
  }
}
