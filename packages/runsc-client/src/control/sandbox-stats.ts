import { expectRecord, type JsonRecord, optional } from '../parse/expect.ts';
import { parseStatsEvent } from '../parse/stats.ts';
import type { CallOptions } from '../runtime.ts';
import type { RuntimeStats } from '../stats.ts';
import type { SandboxUsage } from './control-answers.ts';
import { type HostCpuUsage, hostCpuUsage } from './host-cpu.ts';
import { isAlive } from './is-alive.ts';
import type { LocatedSandbox } from './sandbox-locator.ts';

/**
 * `runsc events --stats`. `undefined` where only runsc itself can tell.
 * @throws ControlError
 */
export async function sandboxStats(sandbox: LocatedSandbox, options?: CallOptions): Promise<RuntimeStats | undefined> {
  const { record, dialect, client } = sandbox;
  // For a created one the older runsc divides by zero: its own affair.
  if (record.status !== 'running' && record.status !== 'paused') return undefined;
  const [alive, usage] = await Promise.all([
    isAlive(sandbox, options),
    client.usage(dialect.eventArgument === 'nothing' ? null : record.container, options),
  ]);
  if (!alive) return undefined;
  if (usage.cpuByContainer === undefined) return statsOf(usage.stats, record.container);
  const host = hostCpuUsage(record.sandboxPid);
  if (host.kind === 'unclear') return undefined;
  return statsOf(withCpuTotal(usage.stats, cpuTotal(usage, { record, host })), record.container);
}

/** A container's share of what the host counted for its sandbox, by the sandbox's own counts; nanoseconds. */
export function cpuTotal(
  { cpuByContainer = {} }: SandboxUsage,
  { record, host }: { readonly record: { readonly container: string }; readonly host: HostCpuUsage },
): number {
  const counts = Object.values(cpuByContainer);
  const own = cpuByContainer[record.container] ?? 0;
  if (counts.length === 0 || host.kind !== 'counted' || host.nanoseconds === 0) return own;
  const all = counts.reduce((sum, time) => sum + time, 0);
  return Math.trunc(all === 0 ? host.nanoseconds / counts.length : own * (host.nanoseconds / all));
}

function statsOf(data: JsonRecord, id: string): RuntimeStats {
  return parseStatsEvent({ type: 'stats', id, data });
}

function withCpuTotal(stats: JsonRecord, total: number): JsonRecord {
  const cpu = optional(stats['cpu'], 'stats.cpu', expectRecord) ?? {};
  const usage = optional(cpu['usage'], 'stats.cpu.usage', expectRecord) ?? {};
  return { ...stats, cpu: { ...cpu, usage: { ...usage, ...(total === 0 ? {} : { total }) } } };
}
