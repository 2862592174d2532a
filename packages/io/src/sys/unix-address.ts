import { SandshimError } from '@sandshim/runsc-client';

const AF_UNIX = 1;
const maxPath = 108;

/**
 * The `sockaddr_un` of a path; one that begins with a zero byte is an abstract name.
 * @throws SandshimError `invalid_argument` for a path that is empty, too long, or has a zero byte in it
 */
export function encodeUnixAddress(path: string): Buffer {
  const name = Buffer.from(path);
  const abstract = name[0] === 0;
  if (name.length === 0) throw new SandshimError('invalid_argument', 'a unix socket needs a path');
  if (!abstract && name.includes(0)) {
    throw new SandshimError('invalid_argument', `socket path ${JSON.stringify(path)} has a zero byte in it`);
  }
  if (name.length + (abstract ? 0 : 1) > maxPath) {
    const message = `socket path ${JSON.stringify(path)} has ${name.length} bytes, ${maxPath - 1} are the most`;
    throw new SandshimError('invalid_argument', message);
  }
  // An abstract name has exactly its own length; a path ends with a zero byte.
  const address = Buffer.alloc(2 + name.length + (abstract ? 0 : 1));
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  return address;
}
