import { type Check, fail, ok, warn } from '../check.ts';

// Bits of CapEff, from linux/capability.h.
const needed: readonly (readonly [name: string, bit: bigint])[] = [
  ['CAP_SYS_ADMIN', 21n],
  ['CAP_SETUID', 7n],
  ['CAP_KILL', 5n],
  ['CAP_MKNOD', 27n],
];

/** Only root gets an answer from a shim's socket, and a runtime needs root's capabilities. */
export const privilegesCheck: Check = {
  id: 'privileges',
  title: 'privileges',
  probe: async ({ host, uid }) => {
    if (uid !== 0) return [warn(`user ${uid} cannot talk to shims`, 'run it as root: sudo sandshim doctor')];
    const status = (await host.readText('/proc/self/status')) ?? '';
    const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? 'ffffffffffffffff'}`);
    const missing = needed.filter(([, bit]) => (effective & (1n << bit)) === 0n).map(([name]) => name);
    if (missing.length === 0) return [ok('root')];
    return [fail(`root lacks ${missing.join(', ')}`, `start this shell or container with ${missing.join(', ')}`)];
  },
};
