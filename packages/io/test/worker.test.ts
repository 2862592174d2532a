import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test('a worker thread has every call but readiness, which is refused and leaves nothing', async () => {
  const text = `
    const { parentPort } = require('node:worker_threads');
    const { readdirSync } = require('node:fs');
    import('@sandshim/io/sys').then(async ({ openSys }) => {
      const sys = await openSys();
      const pipe = sys.pipe();
      sys.write(pipe.write, Buffer.from('x'));
      const said = [sys.readableBytes(pipe.read)];
      const before = readdirSync('/proc/self/fd').length;
      try {
        sys.watch(pipe.read, { readable: true, writable: false }, () => undefined);
      } catch (error) {
        said.push(error.code);
      }
      said.push(readdirSync('/proc/self/fd').length - before);
      sys.close(pipe.read);
      sys.close(pipe.write);
      parentPort.postMessage(said);
    });`;
  const worker = new Worker(text, { eval: true, execArgv: ['--conditions=@sandshim/source'] });
  const message = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect(message).toEqual([1, 'unimplemented', 0]);
  await worker.terminate();
});
