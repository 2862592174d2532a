import { once } from 'node:events';

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** What came over one streaming session, and how it ended. */
export interface StreamResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The end that the server reports: `{"status":"Success"}`, or a failure with the exit code among its causes. */
  readonly status: string;
}

/** A streaming exec or attach: the kubelet's WebSocket protocol, one leading byte for the channel. */
export interface ExecStream extends Disposable {
  readonly stdout: () => string;
  write(text: string): void;
  resize(size: { readonly width: number; readonly height: number }): void;
  /** Settles when the server closes the session. */
  readonly ended: Promise<StreamResult>;
}

/** Connects to a URL that Exec or Attach answered. */
export async function openExecStream(url: string): Promise<ExecStream> {
  const socket = await connect(url, 'v4.channel.k8s.io');
  const received = { stdout: '', stderr: '', status: '' };
  socket.addEventListener('message', ({ data }) => {
    const bytes = Buffer.from(data);
    const body = bytes.subarray(1).toString();
    if (bytes[0] === channels.stdout) received.stdout += body;
    if (bytes[0] === channels.stderr) received.stderr += body;
    if (bytes[0] === channels.error) received.status += body;
  });
  const ended = once(socket, 'close').then(() => ({ ...received }));
  return {
    stdout: () => received.stdout,
    write: (text) => socket.send(Buffer.concat([Buffer.from([channels.stdin]), Buffer.from(text)])),
    resize: ({ width, height }) =>
      socket.send(
        Buffer.concat([Buffer.from([channels.resize]), Buffer.from(JSON.stringify({ Width: width, Height: height }))]),
      ),
    ended,
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Sends one request through a forwarded port and answers with all that came back. */
export async function requestThroughPort(url: string, request: string): Promise<string> {
  const socket = await connect(url, 'v4.channel.k8s.io');
  let answer = '';
  let failure = '';
  const seen = new Set<number>();
  socket.addEventListener('message', ({ data }) => {
    const bytes = Buffer.from(data);
    const channel = bytes[0] ?? 0;
    // The first message of each of the two channels names the port, in two bytes.
    const body = seen.has(channel) ? bytes.subarray(1) : bytes.subarray(3);
    seen.add(channel);
    if (channel === 0) answer += body.toString();
    else failure += body.toString();
  });
  const closed = once(socket, 'close');
  socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(request)]));
  await closed;
  if (failure !== '') throw new Error(`the port forward failed: ${failure}`);
  return answer;
}

async function connect(url: string, protocol: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol);
  socket.binaryType = 'arraybuffer';
  await Promise.race([
    once(socket, 'open'),
    once(socket, 'error').then(() => Promise.reject(new Error(`cannot open a stream to ${url}`))),
  ]);
  return socket;
}
