import { closeSync, openSync } from 'node:fs';
import type { OpenProcessIoOptions, ProcessIo } from '@sandshim/io';
import { type Fd, parseFd } from '@sandshim/runsc-client';

/** An io whose streams are plain files; what a container's process writes is there at once. */
export async function openFileIo({ stdin, stdout, stderr }: OpenProcessIoOptions): Promise<ProcessIo> {
  const open = (path: string, flags: string) => (path === '' ? null : parseFd(openSync(path, flags)));
  const descriptors: (Fd | null)[] = [open(stdin, 'r'), open(stdout, 'a'), open(stderr, 'a')];
  const [input = null, output = null, error = null] = descriptors;
  const close = async () => {
    for (const descriptor of descriptors.splice(0)) if (descriptor !== null) closeSync(descriptor);
  };
  return {
    stdio: { stdin: input, stdout: output, stderr: error },
    consoleSocket: undefined,
    started: async () => undefined,
    exited: () => undefined,
    resize: () => undefined,
    closeStdin: () => undefined,
    drain: async () => ({ complete: true, open: [], bytes: { stdin: 0, stdout: 0, stderr: 0 } }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
