import type { OpenProcessIoOptions, ProcessIo } from '@sandshim/io';

/** Opens io without anything behind it; what happens to it is in `calls`, with the id that it was opened for. */
export function fakeIo(calls: string[]) {
  return async ({ id, terminal }: OpenProcessIoOptions): Promise<ProcessIo> => {
    const call = (what: string) => void calls.push(`${what} ${id}`);
    call('open');
    let open = true;
    const close = async () => {
      if (open) call('close');
      open = false;
    };
    return {
      stdio: terminal ? undefined : { stdin: null, stdout: null, stderr: null },
      consoleSocket: terminal ? '/console.sock' : undefined,
      started: async () => call('started'),
      exited: () => call('exited'),
      resize: ({ rows, columns }) => call(`resize ${rows}x${columns}`),
      closeStdin: () => call('closeStdin'),
      drain: async () => {
        call('drain');
        return { complete: true, open: [], bytes: { stdin: 0, stdout: 0, stderr: 0 } };
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  };
}
