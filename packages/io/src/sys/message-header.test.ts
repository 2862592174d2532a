import { parseFd } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';
import { attachDescriptors, attachedDescriptors, layOutMessage } from './message-header.ts';

const fds = (count: number) => Array.from({ length: count }, (_, index) => parseFd(index + 3));
const message = () => layOutMessage(5, () => 0x1000n);

test('a message header points into its own memory', () => {
  const { memory, data } = message();
  expect(memory.readBigUInt64LE(16)).toBe(0x1000n + 56n);
  expect(memory.readBigUInt64LE(32)).toBe(0x1000n + 72n);
  const dataAt = Number(memory.readBigUInt64LE(56) - 0x1000n);
  data.write('hello');
  expect(memory.toString('utf8', dataAt, dataAt + 5)).toBe('hello');
  expect(memory.readBigUInt64LE(64)).toBe(5n);
});

test.each([0, 1, 2, 3, 253])('%d descriptors come out as they went in', (count) => {
  const sent = message();
  attachDescriptors(sent, fds(count));
  expect(attachedDescriptors(sent)).toEqual({ descriptors: fds(count), truncated: false });
});

test('more than the kernel takes is invalid_argument', () => {
  expect(() => attachDescriptors(message(), fds(254))).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});

test('other control messages are passed over, broken ones end the list', () => {
  const { memory, ...rest } = message();
  memory.writeBigUInt64LE(64n, 40);
  // SCM_CREDENTIALS, then two descriptors.
  memory.writeBigUInt64LE(28n, 72);
  memory.writeInt32LE(1, 80);
  memory.writeInt32LE(2, 84);
  memory.writeBigUInt64LE(24n, 104);
  memory.writeInt32LE(1, 112);
  memory.writeInt32LE(1, 116);
  memory.writeInt32LE(7, 120);
  memory.writeInt32LE(8, 124);
  expect(attachedDescriptors({ memory, ...rest }).descriptors).toEqual([7, 8]);
  memory.writeBigUInt64LE(3n, 104);
  expect(attachedDescriptors({ memory, ...rest }).descriptors).toEqual([]);
});

test('a truncated control message is told', () => {
  const received = message();
  attachDescriptors(received, fds(1));
  received.memory.writeInt32LE(8, 48);
  expect(attachedDescriptors(received)).toEqual({ descriptors: fds(1), truncated: true });
});
