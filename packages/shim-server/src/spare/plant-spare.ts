import { spawn } from 'node:child_process';
import type { Invocation } from '../bootstrap/invocation.ts';
import { launchedVariable } from '../bootstrap/status-channel.ts';

// It has the time to compile everything, which makes the first Create 10 ms faster; V8's cache holds what a boot needs.
const eager = '--no-lazy';

// After the first questions that a new container brings.
const delayMs = 2_000;

/** Starts a spare for the next start, once: a while from now, or at once when this shim leaves earlier. */
export class SparePlanter {
  readonly #invocation: Invocation;
  #timer: NodeJS.Timeout | undefined;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#timer = setTimeout(() => this.plant(), delayMs).unref();
  }

  plant(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { command, flags, cwd } = this.#invocation;
    // It shows the same flags as a shim does, so that its title has as much room.
    const { namespace, id, address } = flags;
    const args = ['-namespace', namespace, '-id', id, '-address', address, '-bundle', cwd, 'spare'];
    spawn(process.execPath, [...flagsOfNode(), ...command.args, ...args], {
      cwd: '/',
      detached: true,
      stdio: 'ignore',
      // No launcher waits for it.
      env: { ...command.env, NODE_COMPILE_CACHE: undefined, [launchedVariable]: undefined },
    })
      // There is nobody to tell, and nothing is lost but time.
      .on('error', () => undefined)
      .unref();
  }
}

/** As for this process, which may have been a spare itself. */
function flagsOfNode(): readonly string[] {
  return [eager, ...process.execArgv.filter((flag) => flag !== eager)];
}
