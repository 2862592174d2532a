import { type Fd, parseFd, SandshimError } from '@sandshim/runsc-client';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 8;

const headerSize = 56;
const vectorSize = 16;
const controlHeaderSize = 16;
/** The kernel's limit of descriptors in one message. */
const maxDescriptors = 253;
const controlSize = controlHeaderSize + maxDescriptors * 4 + 4;
const dataOffset = headerSize + vectorSize + controlSize;

/** A `struct msghdr` with one vector, room for descriptors and the data behind it, all in one piece of memory. */
export interface Message {
  readonly memory: Buffer;
  readonly data: Buffer;
}

/** Lays out a message of `size` bytes of data. `addressOf` tells where its memory is. */
export function layOutMessage(size: number, addressOf: (memory: Buffer) => bigint): Message {
  const memory = Buffer.alloc(dataOffset + size);
  const base = addressOf(memory);
  memory.writeBigUInt64LE(base + BigInt(headerSize), 16);
  memory.writeBigUInt64LE(1n, 24);
  memory.writeBigUInt64LE(base + BigInt(headerSize + vectorSize), 32);
  memory.writeBigUInt64LE(BigInt(controlSize), 40);
  memory.writeBigUInt64LE(base + BigInt(dataOffset), headerSize);
  memory.writeBigUInt64LE(BigInt(size), headerSize + 8);
  return { memory, data: memory.subarray(dataOffset) };
}

/** Attaches descriptors to a message that is to be sent; none at all is no control message. */
export function attachDescriptors({ memory }: Message, descriptors: readonly Fd[]): void {
  if (descriptors.length > maxDescriptors) {
    const message = `a message carries at most ${maxDescriptors} descriptors, not ${descriptors.length}`;
    throw new SandshimError('invalid_argument', message);
  }
  const length = descriptors.length === 0 ? 0 : controlHeaderSize + descriptors.length * 4;
  const control = headerSize + vectorSize;
  memory.writeBigUInt64LE(BigInt(length), 40);
  if (length === 0) return;
  memory.writeBigUInt64LE(BigInt(length), control);
  memory.writeInt32LE(SOL_SOCKET, control + 8);
  memory.writeInt32LE(SCM_RIGHTS, control + 12);
  descriptors.forEach((fd, index) => {
    memory.writeInt32LE(fd, control + controlHeaderSize + index * 4);
  });
}

/** The descriptors that came with a received message, and whether the kernel had to leave some out. */
export function attachedDescriptors({ memory }: Message): { readonly descriptors: Fd[]; readonly truncated: boolean } {
  const descriptors: Fd[] = [];
  const start = headerSize + vectorSize;
  const end = start + Number(memory.readBigUInt64LE(40));
  let at = start;
  while (at + controlHeaderSize <= end) {
    const length = Number(memory.readBigUInt64LE(at));
    if (length < controlHeaderSize) break;
    if (memory.readInt32LE(at + 8) === SOL_SOCKET && memory.readInt32LE(at + 12) === SCM_RIGHTS) {
      for (let fd = at + controlHeaderSize; fd + 4 <= Math.min(at + length, end); fd += 4) {
        descriptors.push(parseFd(memory.readInt32LE(fd)));
      }
    }
    at += (length + 7) & ~7;
  }
  return { descriptors, truncated: (memory.readInt32LE(48) & MSG_CTRUNC) !== 0 };
}
