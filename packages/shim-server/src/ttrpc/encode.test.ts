import { expect, test } from 'vitest';
import { Request, Response } from '../api/gen/ttrpc/ttrpc.ts';
import { ConnectRequest, ConnectResponse, StateRequest } from '../api/index.ts';
import { encodeFrame } from './encode.ts';
import { frameTypes, maxPayloadBytes } from './frame.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const service = 'containerd.task.v2.Task';

function request(streamId: number, fields: Partial<Request>): string {
  const payload = Request.encode(Request.create({ ...fields, metadata: [...(fields.metadata ?? [])] })).finish();
  return hex(encodeFrame({ streamId, type: frameTypes.request, flags: 0, payload }));
}

function response(streamId: number, fields: Response): string {
  const payload = Response.encode(fields).finish();
  return hex(encodeFrame({ streamId, type: frameTypes.response, flags: 0, payload }));
}

const failure = (code: number, message: string): Response => ({
  status: { code, message, details: [] },
  payload: new Uint8Array(),
});

test('requests have their golden bytes', () => {
  const connect = ConnectRequest.encode({ id: 'c1' }).finish();
  expect(request(1, { service, method: 'Connect', payload: connect })).toBe(
    '000000280000000101000a17636f6e7461696e6572642e7461736b2e76322e5461736b1207436f6e6e6563741a040a026331',
  );
  const state = StateRequest.encode({ id: 'c1', execId: '' }).finish();
  const metadata = [{ key: 'containerd-namespace-ttrpc', value: 'k8s.io' }];
  expect(request(5, { service, method: 'State', payload: state, timeoutNano: 2_000_000_000n, metadata })).toBe(
    '000000520000000501000a17636f6e7461696e6572642e7461736b2e76322e5461736b120553746174651a040a0263312080a8d6b907' +
      '2a240a1a636f6e7461696e6572642d6e616d6573706163652d747472706312066b38732e696f',
  );
});

test('responses have their golden bytes', () => {
  const connected = ConnectResponse.encode({ shimPid: 4242, taskPid: 77, version: '' }).finish();
  expect(response(1, { status: undefined, payload: connected })).toBe('000000070000000102001205089221104d');
  expect(response(3, { status: undefined, payload: new Uint8Array() })).toBe('00000000000000030200');
  expect(response(5, failure(5, 'container not created: not found'))).toBe(
    '000000260000000502000a2408051220636f6e7461696e6572206e6f7420637265617465643a206e6f7420666f756e64',
  );
  expect(response(7, failure(12, 'service containerd.task.v3.Task'))).toBe(
    '000000250000000702000a23080c121f7365727669636520636f6e7461696e6572642e7461736b2e76332e5461736b',
  );
});

test('a payload over 4 MiB is refused', () => {
  const payload = new Uint8Array(maxPayloadBytes + 1);
  expect(() => encodeFrame({ streamId: 1, type: 1, flags: 0, payload })).toThrow(
    expect.objectContaining({
      code: 'resource_exhausted',
      message: 'message length 4194305 exceed maximum message size of 4194304',
    }),
  );
});
