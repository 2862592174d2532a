import { openSync, readSync, writeSync } from 'node:fs';

// Both sides of one copy in one process, so that one clock measures: writes a line to stdout, reads it from the fifo.
const [fifo = '', lines = '0'] = process.argv.slice(2);
const client = openSync(fifo, 'r');
const line = Buffer.from('a line of a log, as long as such lines are: sixty-four bytes...\n');
const buffer = Buffer.alloc(4096);
const pause = new Int32Array(new SharedArrayBuffer(4));
const microseconds: number[] = [];
for (let count = 0; count < Number(lines); count++) {
  Atomics.wait(pause, 0, 0, 1);
  const begin = process.hrtime.bigint();
  writeSync(1, line);
  let read = 0;
  while (read < line.byteLength) read += readSync(client, buffer);
  microseconds.push(Number(process.hrtime.bigint() - begin) / 1000);
}
writeSync(3, microseconds.join(' '));
