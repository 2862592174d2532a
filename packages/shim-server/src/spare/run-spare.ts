import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Sys } from '@sandshim/io/sys';
import { type Fd, SandshimError } from '@sandshim/runsc-client';
import { becomeServer } from '../bootstrap/become-server.ts';
import { parseFlags } from '../bootstrap/flags.ts';
import { IdleMemory } from '../bootstrap/idle-memory.ts';
import { listDescriptors } from '../bootstrap/inherited-descriptors.ts';
import { type Invocation, readConfig } from '../bootstrap/invocation.ts';
import { awaitTermination } from '../bootstrap/signals.ts';
import { statusChannel } from '../bootstrap/status-channel.ts';
import { type Caller, readCaller } from './caller.ts';
import { outOfUse } from './out-of-use.ts';
import { samePlace } from './same-place.ts';
import { type SparePlace, takePlace } from './spare-folder.ts';

// Where a launcher has what containerd gave it, while its own descriptors 0 and 1 change.
const [callersStdin, callersStdout] = [5, 6];

/**
 * The spare action: a shim that has booted and loaded all that a container needs, and waits for a start to take it over. It
 * is then the server that the start would have booted.
 */
export async function runSpare(invocation: Invocation): Promise<void> {
  const { program, flags, env, command } = invocation;
  const descriptors = listDescriptors();
  const termination = awaitTermination();
  const config = await readConfig(env, () => undefined);
  const { loadParts } = await import('../bootstrap/serve.ts');
  const parts = await loadParts(program);
  const { sys } = parts;
  const place = await takePlace({
    ...{ sys, name: program.name, program: command.args[0] ?? '' },
    ...{ folder: config.spareDir, limit: config.spares },
  });
  if (place === undefined) process.exit(0);
  process.title = `${program.name} spare`;
  // The collector would drop the code that has not run yet.
  const memory = new IdleMemory({ sys, collect: undefined });
  const over = Promise.race([termination.signal, outOfUse({ bundle: flags.bundle, maxAgeMs: config.spareMaxAgeMs })]);
  const takeover = await awaitTakeover(place, { sys, over });
  memory[Symbol.dispose]();
  place.hide();
  if (takeover === undefined) process.exit(0);
  const { caller, stdin, stdout } = takeover;
  assume(caller);
  const status = statusChannel({ status: place.reply, reply: stdout, lead: `${caller.pid} ` });
  let taken: Invocation;
  try {
    taken = { program, flags: parseFlags(caller.args), env: caller.env, cwd: caller.cwd, command };
  } catch (error) {
    status.fail(SandshimError.from(error).message);
    process.exit(1);
  }
  await becomeServer(taken, { callerPid: caller.parentPid, stdin, status, descriptors, termination, parts });
}

interface Takeover {
  readonly caller: Caller;
  /** Duplicates of the caller's. */
  readonly stdin: Fd;
  readonly stdout: Fd;
}

/** @returns `undefined` if nobody came until `over` settled */
async function awaitTakeover(
  place: SparePlace,
  { sys, over }: { readonly sys: Sys; readonly over: Promise<unknown> },
): Promise<Takeover | undefined> {
  const requests = new Socket({ fd: place.request, readable: true, writable: false });
  const { promise, resolve } = Promise.withResolvers<Takeover | undefined>();
  void over.then(() => resolve(undefined));
  requests.setEncoding('utf8').on('data', (request: string) => {
    try {
      resolve(accept(request, sys));
    } catch {
      // The launcher boots a server.
      writeSync(place.reply, `${Number.parseInt(request, 10)} no\n`);
      place.giveBack();
    }
  });
  try {
    return await promise;
  } finally {
    requests.destroy();
  }
}

/** @throws if this process cannot go on in the place of the one that the caller would start */
function accept(request: string, sys: Sys): Takeover {
  const caller = readCaller(request);
  if (!samePlace('self', caller.pid)) throw new SandshimError('failed_precondition', 'the caller is elsewhere');
  using stack = new DisposableStack();
  const own = (fd: Fd): Fd => stack.adopt(fd, (each) => sys.close(each));
  const pidfd = own(sys.pidfdOpen(caller.pid));
  const stdin = own(sys.pidfdDescriptor(pidfd, callersStdin));
  const stdout = sys.pidfdDescriptor(pidfd, callersStdout);
  stack.move();
  sys.close(pidfd);
  return { caller, stdin, stdout };
}

/** What a process is started with. */
function assume({ env, cwd }: Caller): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  // A crash is told where the launcher of a booting server has it told: in the bundle's log.
  const log = join(cwd, 'log');
  const file = statSync(log, { throwIfNoEntry: false })?.isFIFO() ? log : '/dev/null';
  closeSync(2);
  // Takes the lowest number that is free; for both ways, so that it never blocks.
  openSync(file, 'r+');
}
