import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The client's side of a process's fifos: what containerd's client library holds. */
export interface Streams extends AsyncDisposable {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What came out so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  write(text: string | Uint8Array): Promise<void>;
  /** The client's own end of stdin; the shim's is closed by CloseIO. */
  closeStdin(): Promise<void>;
  /** Settles when every writer of stdout and stderr has closed. */
  readonly ended: Promise<void>;
}

export interface StreamsOptions {
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
}

/** Makes fifos in `folder` and reads the outputs from now on. */
export async function openStreams(folder: string, name: string, which: StreamsOptions = {}): Promise<Streams> {
  const { stdin = false, stdout = true, stderr = true } = which;
  const path = (wanted: boolean, stream: string) => (wanted ? join(folder, `${name}-${stream}`) : '');
  const paths = {
    stdin: path(stdin, 'stdin'),
    stdout: path(stdout, 'stdout'),
    stderr: path(stderr, 'stderr'),
  };
  const fifos = Object.values(paths).filter((fifo) => fifo !== '');
  if (fifos.length > 0) await execa('mkfifo', fifos);
  const output = { stdout: '', stderr: '' };
  const readers: Promise<void>[] = [];
  const children: AsyncDisposable[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    if (paths[stream] === '') continue;
    // A reader of its own process: opening a fifo waits for the writer, which would park a thread here.
    const child = execa('cat', [paths[stream]], { stdin: 'ignore', reject: false, encoding: 'buffer', buffer: false });
    child.stdout.on('data', (chunk: Buffer) => {
      output[stream] += chunk.toString('latin1');
    });
    readers.push(child.then(() => undefined));
    children.push({
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await child;
      },
    });
  }
  let writer: FileHandle | undefined;
  if (stdin) writer = await open(paths.stdin, constants.O_RDWR | constants.O_NONBLOCK);
  const closeStdin = async (): Promise<void> => {
    await writer?.close();
    writer = undefined;
  };
  return {
    ...paths,
    output,
    ended: Promise.all(readers).then(() => undefined),
    write: async (text) => {
      if (writer === undefined) throw new Error('stdin is closed');
      await writer.write(typeof text === 'string' ? Buffer.from(text) : text);
    },
    closeStdin,
    [Symbol.asyncDispose]: async () => {
      await closeStdin();
      for (const child of children) await child[Symbol.asyncDispose]();
    },
  };
}
