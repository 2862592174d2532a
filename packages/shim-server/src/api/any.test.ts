import { expect, test } from 'vitest';
import { anyTypeName, packAny, packJson, unpackAny, unpackJson } from './any.ts';
import { TaskOOM, TaskStart } from './gen/containerd/events/task.ts';

const start = TaskStart.create({ containerId: 'c1', pid: 77 });

test('a packed message carries its bare name', () => {
  expect(packAny(TaskStart, start).typeUrl).toBe('containerd.events.TaskStart');
});

test('a message is unpacked by its name, with and without a prefix', () => {
  const bare = packAny(TaskStart, start);
  for (const prefix of ['', 'type.googleapis.com/', 'a/b/']) {
    expect(unpackAny(TaskStart, { ...bare, typeUrl: prefix + bare.typeUrl })).toEqual(start);
  }
});

test('an Any of another type unpacks to undefined', () => {
  expect(unpackAny(TaskOOM, packAny(TaskStart, start))).toBeUndefined();
  expect(unpackAny(TaskOOM, { typeUrl: '', value: new Uint8Array() })).toBeUndefined();
});

test('broken bytes of the right type are an invalid argument', () => {
  const broken = { typeUrl: 'containerd.events.TaskStart', value: Uint8Array.of(0x0a, 0x7f, 0x61) };
  expect(() => unpackAny(TaskStart, broken)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});

test('an untyped Any has an empty name', () => {
  expect(anyTypeName({ typeUrl: '', value: new Uint8Array() })).toBe('');
});

test('JSON passes through an Any', () => {
  const packed = packJson('types.containerd.io/opencontainers/runtime-spec/1/Process', { args: ['ä'] });
  expect(anyTypeName(packed)).toBe('Process');
  expect(unpackJson(packed)).toEqual({ args: ['ä'] });
});

test('what is not JSON is an invalid argument', () => {
  for (const value of [new Uint8Array(), Uint8Array.of(0x7b), Uint8Array.of(0x22, 0xff, 0x22)]) {
    expect(() => unpackJson({ typeUrl: 'x', value })).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  }
});
