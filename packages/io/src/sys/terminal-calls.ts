import { constants } from 'node:fs';
import { parseFd } from '@sandshim/runsc-client';
import type { Libc } from './libc.ts';
import type { Sys } from './sys.ts';

const O_CLOEXEC = 0o2_000_000;
const TIOCGWINSZ = 0x5413;
const TIOCSWINSZ = 0x5414;
const TIOCSPTLCK = 0x4004_5431;
const TIOCGPTN = 0x8004_5430;

/** Pseudo terminals. */
export function terminalCalls(libc: Libc): Pick<Sys, 'windowSize' | 'setWindowSize' | 'openTerminal'> {
  const ioctl = (fd: number, request: readonly [name: string, number: number], argument: Uint8Array | Int32Array) =>
    libc.call('ioctl', { subject: `of descriptor ${fd}`, as: `ioctl(${request[0]})` }, fd, request[1], argument);
  return {
    windowSize(fd) {
      const size = Buffer.alloc(8);
      ioctl(fd, ['TIOCGWINSZ', TIOCGWINSZ], size);
      return { rows: size.readUInt16LE(0), columns: size.readUInt16LE(2) };
    },
    setWindowSize(fd, { rows, columns }) {
      // struct winsize: rows, columns, and two pixel sizes that nobody fills in.
      const size = Buffer.alloc(8);
      size.writeUInt16LE(Math.min(Math.max(Math.trunc(rows), 0), 0xffff), 0);
      size.writeUInt16LE(Math.min(Math.max(Math.trunc(columns), 0), 0xffff), 2);
      ioctl(fd, ['TIOCSWINSZ', TIOCSWINSZ], size);
    },
    openTerminal() {
      const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC;
      const master = parseFd(libc.call('open', { subject: '/dev/ptmx' }, '/dev/ptmx', flags, 0));
      try {
        ioctl(master, ['TIOCSPTLCK', TIOCSPTLCK], new Int32Array([0]));
        const number = new Int32Array(1);
        ioctl(master, ['TIOCGPTN', TIOCGPTN], number);
        return { master, path: `/dev/pts/${number[0]}` };
      } catch (error) {
        libc.attempt('close', master);
        throw error;
      }
    },
  };
}
