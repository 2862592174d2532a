import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { Empty, StateResponse, TaskV3Definition } from '@sandshim/shim-server/api';
import { createClient } from '@sandshim/shim-server/ttrpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcChannel } from './grpc-channel.ts';
import { encodeGrpcMessage, GrpcMessageReader } from './grpc-frame.ts';

let folder = '';
let server: Http2Server;
let answer: (stream: ServerHttp2Stream, path: string) => void = () => undefined;
const socket = (): string => join(folder, 's');

beforeEach(async () => {
  folder = mkdtempSync('/tmp/sandshim-grpc-');
  server = createServer();
  server.on('session', (session) => {
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      answer(stream, String(headers[':path']));
    });
  });
  await new Promise<void>((resolve) => void server.listen(socket(), resolve));
});
afterEach(async () => {
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

function respond(stream: ServerHttp2Stream, message: Uint8Array | undefined, trailers: Record<string, string>): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(message === undefined ? undefined : encodeGrpcMessage(message));
}

describe('a gRPC channel', () => {
  it('calls a shim that speaks gRPC', async () => {
    let called = '';
    answer = (stream, path) => {
      called = path;
      respond(stream, StateResponse.encode(StateResponse.create({ pid: 42 })).finish(), { 'grpc-status': '0' });
    };
    await using channel = await GrpcChannel.connect(socket());
    const task = createClient(TaskV3Definition, { channel });
    expect((await task.state({ id: 'x', execId: '' })).pid).toBe(42);
    expect(called).toBe('/containerd.task.v3.Task/State');
  });

  it('tells a status in the trailers or in the headers, by its code', async () => {
    await using channel = await GrpcChannel.connect(socket());
    const task = createClient(TaskV3Definition, { channel });
    answer = (stream) => respond(stream, undefined, { 'grpc-status': '5', 'grpc-message': 'no%20task' });
    await expect(task.pause({ id: 'x' })).rejects.toMatchObject({ code: 'not_found', message: 'no task' });
    answer = (stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '12', 'grpc-message': 'no' }, { endStream: true });
    await expect(task.pause({ id: 'x' })).rejects.toMatchObject({ code: 'unimplemented' });
  });

  it('gives an answer without a body', async () => {
    answer = (stream) => respond(stream, Empty.encode({}).finish(), { 'grpc-status': '0' });
    await using channel = await GrpcChannel.connect(socket());
    await expect(createClient(TaskV3Definition, { channel }).pause({ id: 'x' })).resolves.toEqual({});
  });

  it('fails as unavailable when the server goes away in the middle, and where none is', async () => {
    answer = (stream) => stream.session?.destroy();
    await using channel = await GrpcChannel.connect(socket());
    await expect(createClient(TaskV3Definition, { channel }).pause({ id: 'x' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(GrpcChannel.connect(join(folder, 'none'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('gRPC frames', () => {
  it('are read whole, wherever they were split', () => {
    const messages = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')];
    const bytes = Buffer.concat(messages.map((message) => encodeGrpcMessage(message)));
    for (let at = 0; at <= bytes.length; at += 1) {
      const reader = new GrpcMessageReader();
      const read = [...reader.push(bytes.subarray(0, at)), ...reader.push(bytes.subarray(at))];
      expect(read.map((message) => Buffer.from(message).toString())).toEqual(['one', '', 'three']);
    }
  });

  it('that are compressed or too large are refused', () => {
    expect(() => new GrpcMessageReader().push(Buffer.from([1, 0, 0, 0, 0]))).toThrow('compressed');
    expect(() => new GrpcMessageReader().push(Buffer.from([0, 255, 0, 0, 0]))).toThrow(/a message of \d+ bytes/);
  });
});
