import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { openSys, type Sys } from '@sandshim/io/sys';
import { Reaper } from '@sandshim/proc';
import { parseFd } from '@sandshim/runsc-client';
import { createEventPublisher } from '../events/create-publisher.ts';
import { openLogFile } from '../log/log-file.ts';
import type { LogRouter } from '../log/log-router.ts';
import type { Logger } from '../log/logger.ts';
import type { SandshimConfig } from '../options/sandshim-config.ts';
import { createTaskService } from '../task/task-service.ts';
import type { OwnedSocket } from './claim-socket.ts';
import { leaveAnswer } from './deleted-answer.ts';
import { dumpState } from './dump.ts';
import { IdleMemory } from './idle-memory.ts';
import { openTransport } from './open-transport.ts';
import { authorizePeer } from './peer.ts';
import type { ShimEngine, ShimHost, ShimProgram } from './program.ts';
import { ShimLife } from './shim-life.ts';
import { onTrouble, type Termination } from './signals.ts';

/** What takes a while to load. */
export interface ServerParts {
  readonly sys: Sys;
  readonly engine: ShimEngine;
}

export interface ServeContext {
  readonly program: ShimProgram;
  readonly namespace: string;
  readonly socket: OwnedSocket;
  readonly config: SandshimConfig;
  readonly logger: Logger;
  readonly log: LogRouter;
  /** containerd's ttrpc socket, for events; empty: nobody wants any. */
  readonly ttrpcAddress: string;
  readonly transport: 'ttrpc' | 'grpc';
  readonly env: NodeJS.ProcessEnv;
  /** Heard since before containerd got its answer. */
  readonly termination: Termination;
  /** Absent: still to be loaded. */
  readonly parts?: ServerParts;
}

// What a request that is still being answered gets when the shim leaves.
const closeGraceMs = 2_000;
const flushMs = 5_000;

/**
 * Serves until the shim's time is up, then leaves nothing behind.
 * @returns why it ended.
 */
export async function serve(context: ServeContext): Promise<string> {
  const { program, socket, config, logger, log, namespace, ttrpcAddress } = context;
  const { sys, engine } = context.parts ?? (await loadParts(program));
  leaveStarter(sys, context);
  await using stack = new AsyncDisposableStack();
  stack.use(socket);
  const host: ShimHost = {
    namespace,
    config,
    logger,
    sys,
    reaper: stack.use(new Reaper({ sys })),
    mirrorLog: (path, id) => log.mirror(openLogFile(path, id), id),
  };
  const ended = Promise.withResolvers<string>();
  void context.termination.signal.then(ended.resolve);
  const events = createEventPublisher({
    namespace,
    ttrpcAddress,
    onLost: ({ reason, envelope }) => logger.log('warn', `event ${envelope.topic} is lost: ${reason}`),
  });
  stack.defer(() => events.close({ graceMs: flushMs }));
  const life: ShimLife = stack.use(
    new ShimLife({
      exitGraceMs: config.exitGraceMs,
      busy: () => task.containers.size > 0,
      exit: (reason) => ended.resolve(reason),
    }),
  );
  const memory = stack.use(new IdleMemory({ sys, collect: globalThis.gc }));
  const task = createTaskService({
    createContainer: (request, onEvent) =>
      engine.createContainer(host, request, onEvent).catch((error: unknown) => {
        log.endMirror(request.id);
        throw error;
      }),
    publish: (topic, event) => {
      memory.used();
      events.publish({ topic, event });
    },
    onShutdown: () => life.shutdown(),
    onCreated: (_id, bundle) => {
      life.used();
      log.addBundle(bundle);
    },
    onRemoved: ({ id, bundle }, answer) => {
      leaveAnswer(bundle, answer);
      log.removeBundle(bundle);
      log.endMirror(id);
    },
    onEmpty: () => life.empty(),
    onAnswer: ({ rpc, request: { id, execId }, ms, error }) => {
      memory.used();
      logger.log('debug', error === undefined ? rpc : `${rpc} failed: ${error.message}`, {
        ...{ id, exec: execId || undefined, ms: ms.toFixed(1) },
      });
    },
  });
  socket.server.on('connection', (connection: Socket) => {
    connection.once('close', () => {
      if (connection.bytesRead === 0) life.joined();
    });
  });
  const server = await openTransport(context.transport, {
    listener: socket.server,
    services: task.services,
    authorize: (connection) => authorizePeer(connection, (fd) => sys.peerCredentials(parseFd(fd))),
    onReport: (report) =>
      logger.log('debug', `server: ${report.type}`, 'error' in report ? { error: String(report.error) } : {}),
  });
  socket.serve();
  stack.use(
    onTrouble({
      dump: () => {
        for (const line of dumpState(task.containers)) logger.log('info', line);
      },
      uncaught: (error) => logger.log('error', 'an error that nobody caught', { error: describe(error) }),
    }),
  );
  // Kept back since the program's start (--disable-sigusr1), lest an early one open Node's debugger.
  sys.unblockSignal(constants.signals.SIGUSR1);
  const reason = await ended.promise;
  // Whoever starts a container of this group from now on finds no shim and becomes one.
  socket[Symbol.dispose]();
  await server.close({ graceMs: closeGraceMs });
  return reason;
}

export async function loadParts(program: ShimProgram): Promise<ServerParts> {
  const [sys, engine] = await Promise.all([openSys(), program.loadEngine()]);
  return { sys, engine };
}

function leaveStarter(sys: ShimHost['sys'], { env, logger }: ServeContext): void {
  try {
    sys.createSession();
  } catch {
    // Already the leader of a group of its own.
  }
  if (env['SCHED_CORE'] !== '1') return;
  try {
    sys.createSchedCore();
  } catch (error) {
    logger.log('warn', 'core scheduling is not to be had', { error: String(error) });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
