import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectTask } from '@sandshim/shim-server/client';
import { MockEventsServer } from '@sandshim/shim-server/testing';

const run = promisify(execFile);

/** Debian's containerd-shim-runc-v2, started as containerd starts it, with a bundle and an events server of its own. */
export interface GoShim extends AsyncDisposable {
  readonly id: string;
  readonly bundle: string;
  readonly address: string;
  readonly events: MockEventsServer;
}

/** Starts one for a container that would run `args` from a busybox root. */
export async function startGoShim({ args }: { readonly args: readonly string[] }): Promise<GoShim> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-interop-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const id = folder.slice(folder.lastIndexOf('-') + 1).toLowerCase();
  const bundle = join(folder, id);
  await makeBundle(bundle, args);
  const events = undo.use(await MockEventsServer.listen(join(folder, 'containerd.sock.ttrpc')));
  // The shim opens its log for writing and waits for a reader.
  await run('mkfifo', [join(bundle, 'log')]);
  const log = await open(join(bundle, 'log'), constants.O_RDWR | constants.O_NONBLOCK);
  undo.defer(() => log.close());
  const flags = ['-namespace', 'interop', '-id', id, '-address', join(folder, 'containerd.sock')];
  const env = { ...process.env, TTRPC_ADDRESS: events.path };
  const starting = run('containerd-shim-runc-v2', [...flags, 'start'], { cwd: bundle, env });
  // It reads its options from stdin, to the end.
  starting.child.stdin?.end();
  const { stdout } = await starting;
  const address = stdout.trim();
  undo.defer(() => rm(address.slice('unix://'.length), { force: true }));
  undo.defer(async () => {
    // It fails for a container that was never created, which needs no cleaning.
    await run('containerd-shim-runc-v2', [...flags, '-bundle', bundle, 'delete'], { cwd: bundle, env }).catch(
      () => undefined,
    );
  });
  const shimPid = await findPid(address);
  undo.defer(() => kill(shimPid));
  const resources = undo.move();
  return {
    id,
    bundle,
    address,
    events,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function findPid(address: string): Promise<number> {
  await using connection = await connectTask(address);
  return (await connection.task.connect({ id: '' })).shimPid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has shut down, as a test that went well told it to.
  }
}

async function makeBundle(bundle: string, args: readonly string[]): Promise<void> {
  const bin = join(bundle, 'rootfs', 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile('/bin/busybox', join(bin, 'busybox'));
  await run('runc', ['spec'], { cwd: bundle });
  const config: { process: object } = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8'));
  const init = { ...config.process, args, terminal: false };
  await writeFile(join(bundle, 'config.json'), JSON.stringify({ ...config, process: init }));
}
