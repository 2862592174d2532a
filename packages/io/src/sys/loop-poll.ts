import { isMainThread } from 'node:worker_threads';
import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type * as koffi from 'koffi';

/** A descriptor that Node's event loop polls, for the rest of the program. */
export interface LoopPoll {
  /** Keep the program alive for it. */
  ref(): void;
  unref(): void;
}

const UV_POLL = 8;
const UV_READABLE = 1;

/**
 * Lets the event loop call `listener` as long as `fd` is readable, by the libuv that node exports. The call comes straight
 * from there: what it throws is lost, and no microtask runs after it. (koffi's own poll handles make an object per call,
 * which shows in the latency of a line, and crash the program when a worker thread ends.)
 * @throws SandshimError `unimplemented` in a worker thread, and where the program is not node itself
 */
export function pollInLoop(module: typeof koffi, fd: Fd, listener: () => void): LoopPoll {
  if (!isMainThread) {
    throw new SandshimError('unimplemented', 'readiness is for the main thread: a worker has an event loop of its own');
  }
  try {
    return pollInDefaultLoop(module, fd, listener);
  } catch (cause) {
    throw new SandshimError('unimplemented', "readiness needs Node's own event loop", { cause });
  }
}

function pollInDefaultLoop(module: typeof koffi, fd: Fd, listener: () => void): LoopPoll {
  const node = module.load(null);
  const loop: unknown = node.func('void *uv_default_loop()')();
  const [ref, unref] = [node.func('void uv_ref(void *handle)'), node.func('void uv_unref(void *handle)')];
  // It is called with three arguments. Taking none of them saves their conversion.
  const callback = module.pointer(module.proto('void ()'));
  const start = node.func('uv_poll_start', 'int', ['void *', 'int', callback]);
  // Neither the handle nor the callback is ever given back: both live as long as the program.
  const handle: unknown = module.alloc('uint8_t', Number(node.func('size_t uv_handle_size(int type)')(UV_POLL)));
  accepted(node.func('int uv_poll_init(void *loop, void *handle, int fd)')(loop, handle, fd));
  accepted(start(handle, UV_READABLE, module.register(listener, callback)));
  unref(handle);
  return { ref: () => ref(handle), unref: () => unref(handle) };
}

function accepted(result: number): void {
  if (result !== 0) throw new Error(`libuv answers ${result}`);
}
