import { packJson } from '@sandshim/shim-server/api';
import { usageError } from '../errors/cli-error.ts';
import type { Action } from '../program/cli.ts';
import { bytes, numeric, text } from '../program/options.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { connectTask } from '../tasks/task-client.ts';

const resourcesType = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';
const cpuPeriodUs = 100_000;

/** `sandshim update`: changes the limits of running containers. */
export const update: Action = async (cli, invocation) => {
  const resources = parseResources(invocation.options);
  return await forEachTask(cli, invocation, async (task) => {
    await using client = await connectTask(task);
    await client.rpc.update({ id: task.id, resources: packJson(resourcesType, resources), annotations: {} });
    return undefined;
  });
};

/** The OCI resources for the options; @throws CliError `invalid_argument` without any. */
export function parseResources(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const memory = bytes(options, 'memory');
  const cpus = numeric(options, 'cpus', { min: 0.01 });
  const shares = numeric(options, 'cpuShares', { min: 2 });
  const pids = numeric(options, 'pidsLimit', { min: 1 });
  const cores = text(options, 'cpusetCpus');
  const cpu = {
    ...(cpus === undefined ? {} : { quota: Math.round(cpus * cpuPeriodUs), period: cpuPeriodUs }),
    ...(shares === undefined ? {} : { shares }),
    ...(cores === undefined ? {} : { cpus: cores }),
  };
  const resources = {
    ...(memory === undefined ? {} : { memory: { limit: memory } }),
    ...(Object.keys(cpu).length === 0 ? {} : { cpu }),
    ...(pids === undefined ? {} : { pids: { limit: pids } }),
  };
  if (Object.keys(resources).length === 0) throw usageError('update needs a limit to change', { verb: 'update' });
  return resources;
}
