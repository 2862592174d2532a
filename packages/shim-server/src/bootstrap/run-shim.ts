import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { SandshimError } from '@sandshim/runsc-client';
import { parseFlags } from './flags.ts';
import type { Invocation } from './invocation.ts';
import type { ShimProgram } from './program.ts';
import { startServer } from './start-server.ts';
import { launchedVariable, openStatusChannel } from './status-channel.ts';

const launcherVariables = [launchedVariable, 'NODE_COMPILE_CACHE', 'NODE_COMPILE_CACHE_PORTABLE'];

/**
 * A containerd shim's whole life, by its command line: `start`, `delete`, `-info`, `-v`, `spare`, or no action to serve. Sets the
 * exit code; what goes wrong is one line on stderr, led by the program's name.
 */
export async function runShim(program: ShimProgram, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const env = { ...process.env };
  // Meant for this process; a runtime, a logger or a hook that is a Node program has a cache of its own.
  for (const name of launcherVariables) delete process.env[name];
  try {
    const own = process.argv.slice(1, process.argv.length - argv.length);
    await act({ program, flags: parseFlags(argv), env, cwd: process.cwd(), command: { args: own, env } });
  } catch (error) {
    // Under a launcher stderr is the bundle's log; the launcher says to containerd what it gets on its own channel.
    if (env[launchedVariable] !== undefined) openStatusChannel().fail(oneLine(error));
    // containerd goes on in the same line.
    else writeSync(2, `${program.name}: ${oneLine(error)}${isatty(2) ? '\n' : ''}`);
    process.exitCode = 1;
  }
}

async function act(invocation: Invocation): Promise<void> {
  const { program, flags } = invocation;
  if (flags.version) {
    writeSync(1, versionText(program));
    return;
  }
  if (flags.info) {
    const { runtimeInfo } = await import('./info.ts');
    writeSync(1, await runtimeInfo(program));
    return;
  }
  if (flags.namespace === '') throw new SandshimError('invalid_argument', 'shim namespace cannot be empty');
  switch (flags.action) {
    case 'start':
      return startServer(invocation);
    case 'delete': {
      const { deleteRemains } = await import('./delete.ts');
      writeSync(1, await deleteRemains(invocation));
      return;
    }
    case 'spare': {
      const { runSpare } = await import('../spare/run-spare.ts');
      return runSpare(invocation);
    }
    case '': {
      const { serveSocket } = await import('./serve-socket.ts');
      return serveSocket(invocation);
    }
    default:
      throw new SandshimError('invalid_argument', `unknown action ${JSON.stringify(flags.action)}`);
  }
}

/** What `-v` prints, in the form of containerd's own shims. */
export function versionText({ name, version, revision }: ShimProgram): string {
  return `${name}:\n  Version:  ${version}\n  Revision: ${revision ?? ''}\n`;
}

/** An error's message without line breaks. */
export function oneLine(error: unknown): string {
  return SandshimError.from(error).message.replaceAll(/\s+/g, ' ').trim();
}
