import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

function run(text: string) {
  const args = ['--conditions=@sandshim/source', '--input-type=module', '--eval', text];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 30_000,
    cwd: new URL('..', import.meta.url),
  });
  return { status, signal, stdout: stdout.trim(), stderr };
}

const open =
  "const { openSys } = await import('@sandshim/io/sys'); const sys = await openSys(); const pipe = sys.pipe();";
const watch = 'const watch = sys.watch(pipe.read, { readable: true, writable: false }, () => {});';

test('importing loads no native code', () => {
  const text = `await import('@sandshim/io/sys');
    console.log(process.report.getReport().sharedObjects.filter((name) => name.includes('koffi')).length);`;
  expect(run(text)).toMatchObject({ status: 0, stdout: '0' });
});

test('a program ends by itself when no watch waits for anything', () => {
  expect(run(`${open} ${watch} watch[Symbol.dispose](); console.log('end');`)).toMatchObject({
    status: 0,
    stdout: 'end',
  });
  expect(run(`${open} ${watch} watch.update({ readable: false, writable: false });`)).toMatchObject({ status: 0 });
});

test('a watch keeps the program alive', () => {
  const text = `${open} sys.watch(pipe.read, { readable: true, writable: false }, () => { console.log('told'); process.exit(3); });
    setTimeout(() => sys.write(pipe.write, Buffer.from('x')), 50).unref();
    setTimeout(() => console.log('alive'), 10);`;
  expect(run(text)).toMatchObject({ status: 3, stdout: 'alive\ntold' });
});

test('a program that is told of something while it ends, ends well', () => {
  const text = `${open} ${watch} sys.write(pipe.write, Buffer.from('x'));
    setTimeout(() => process.exit(5), 20);`;
  expect(run(text)).toMatchObject({ status: 5, signal: null, stderr: '' });
});

test('a failure in a listener ends the program as any other', () => {
  const text = `${open} sys.watch(pipe.read, { readable: true, writable: false }, () => { throw new Error('mine'); });
    sys.write(pipe.write, Buffer.from('x'));`;
  expect(run(text)).toMatchObject({ status: 1, stderr: expect.stringContaining('mine') });
});
