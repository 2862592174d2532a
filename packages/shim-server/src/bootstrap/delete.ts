import { readFileSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ContainerId, parseContainerId, SandshimError } from '@sandshim/runsc-client';
import { DeleteResponse } from '../api/gen/containerd/task/v3/task.ts';
import { timestampFromDate } from '../api/timestamp.ts';
import { createLogger } from '../log/logger.ts';
import { stderrSink } from '../log/stderr-sink.ts';
import { probe } from './claim-socket.ts';
import type { Invocation } from './invocation.ts';
import { pathInAddressFile } from './reply.ts';

const killedBySigkill = 128 + 9;

/**
 * The delete action: what containerd runs when a shim is gone. Removes what is left and answers as if the container had
 * been killed, also when nothing is left.
 * @returns what goes to stdout.
 * @throws SandshimError `invalid_argument` for a bad id.
 */
export async function deleteRemains(invocation: Invocation): Promise<Uint8Array> {
  const { program, flags } = invocation;
  const logger = createLogger({ sink: stderrSink, level: flags.debug ? 'debug' : 'info', fields: { id: flags.id } });
  const id = parseContainerId(flags.id);
  const bundle = bundleOf(id, invocation);
  const pid = readPid(join(bundle, 'init.pid'));
  try {
    const engine = await program.loadEngine();
    await engine.cleanUp({ id, bundle, namespace: flags.namespace }, logger);
  } catch (error) {
    logger.log('warn', `cannot clean up ${id}: ${SandshimError.from(error).message}`);
  }
  await removeDeadSocket(bundle);
  return DeleteResponse.encode({
    pid,
    exitStatus: killedBySigkill,
    exitedAt: timestampFromDate(new Date()),
  }).finish();
}

/** containerd names the bundle and starts the action in it; by hand it may also be started in another one beside it. */
function bundleOf(id: ContainerId, { flags, cwd }: Invocation): string {
  if (flags.bundle !== '') return flags.bundle;
  return basename(cwd) === id ? cwd : join(dirname(cwd), id);
}

function readPid(path: string): number {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : 0;
  } catch {
    // It was never created.
    return 0;
  }
}

/** The socket of a shim that was killed stays behind. */
async function removeDeadSocket(bundle: string): Promise<void> {
  try {
    const path = pathInAddressFile(readFileSync(join(bundle, 'address'), 'utf8'));
    if (path !== undefined && (await probe(path)) === 'dead') unlinkSync(path);
  } catch {
    // No address, or somebody else removed it.
  }
}
