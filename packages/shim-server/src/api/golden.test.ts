import { expect, test } from 'vitest';
import { packAny } from './any.ts';
import { TaskStart } from './gen/containerd/events/task.ts';
import { BootstrapParams, BootstrapResult, LogLevel } from './gen/containerd/runtime/bootstrap/v1/bootstrap.ts';
import { ForwardRequest } from './gen/containerd/services/events/ttrpc/v1/events.ts';
import { DeleteResponse, StateResponse } from './gen/containerd/task/v3/task.ts';
import { Status } from './gen/containerd/types/process.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

test('a DeleteResponse has its golden bytes', () => {
  const golden = '084d1089011a080880e2cfaa061005';
  const message = { pid: 77, exitStatus: 137, exitedAt: { seconds: 1_700_000_000n, nanos: 5 } };
  expect(hex(DeleteResponse.encode(message).finish())).toBe(golden);
  expect(DeleteResponse.decode(bytes(golden))).toEqual(message);
});

test('a BootstrapResult has its golden bytes', () => {
  const golden = '0803121b756e69783a2f2f2f72756e2f636f6e7461696e6572642f732f61621a057474727063';
  const message = BootstrapResult.create({ version: 3, address: 'unix:///run/containerd/s/ab', protocol: 'ttrpc' });
  expect(hex(BootstrapResult.encode(message).finish())).toBe(golden);
  expect(BootstrapResult.decode(bytes(golden))).toEqual(message);
});

test('BootstrapParams with a negative log level have their golden bytes', () => {
  const golden =
    '0a026331120764656661756c7418fcffffffffffffffff01220676322e332e342a252f72756e2f636f6e7461696e6572642f636f6e' +
    '7461696e6572642e736f636b2e7474727063321f2f72756e2f636f6e7461696e6572642f636f6e7461696e6572642e736f636b3a13' +
    '2f7573722f62696e2f636f6e7461696e657264';
  const message = BootstrapParams.create({
    instanceId: 'c1',
    namespace: 'default',
    logLevel: LogLevel.DEBUG,
    containerdVersion: 'v2.3.4',
    containerdTtrpcAddress: '/run/containerd/containerd.sock.ttrpc',
    containerdGrpcAddress: '/run/containerd/containerd.sock',
    containerdBinary: '/usr/bin/containerd',
  });
  expect(hex(BootstrapParams.encode(message).finish())).toBe(golden);
  expect(BootstrapParams.decode(bytes(golden))).toEqual(message);
});

test('an address or a JSON answer of an older shim is no BootstrapResult', () => {
  for (const text of ['unix:///run/containerd/s/ab', '{"version":2,"address":"unix:///x","protocol":"ttrpc"}']) {
    expect(() => BootstrapResult.decode(new TextEncoder().encode(text))).toThrow();
  }
});

test('a ForwardRequest has its golden bytes', () => {
  const golden =
    '0a450a060880e2cfaa0612066b38732e696f1a0c2f7461736b732f737461727422250a1b636f6e7461696e6572642e6576656e7473' +
    '2e5461736b537461727412060a026331104d';
  const message = ForwardRequest.create({
    envelope: {
      timestamp: { seconds: 1_700_000_000n, nanos: 0 },
      namespace: 'k8s.io',
      topic: '/tasks/start',
      event: packAny(TaskStart, { containerId: 'c1', pid: 77 }),
    },
  });
  expect(hex(ForwardRequest.encode(message).finish())).toBe(golden);
  expect(ForwardRequest.decode(bytes(golden))).toEqual(message);
});

test('a field that we do not know is passed over', () => {
  const known = StateResponse.create({ id: 'c1', status: Status.RUNNING, pid: 7 });
  const withUnknown = Buffer.concat([StateResponse.encode(known).finish(), bytes('fa0603616263')]);
  expect(StateResponse.decode(withUnknown)).toEqual(known);
});

test('a truncated message never decodes to the whole one', () => {
  const whole = StateResponse.encode(StateResponse.create({ id: 'container', pid: 300, exitStatus: 137 })).finish();
  for (let length = 0; length < whole.length; length++) {
    const decode = () => StateResponse.decode(whole.subarray(0, length));
    try {
      expect(decode()).not.toEqual(StateResponse.decode(whole));
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }
});
