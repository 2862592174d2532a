import { join } from 'node:path';
import { CliError, usageError } from '../errors/cli-error.ts';
import type { Cli, Invocation } from '../program/cli.ts';
import { flag, text } from '../program/options.ts';
import { type Locations, resolveLocations, stateFolders } from '../state/locations.ts';
import { findTaskFolders, type TaskFolder, taskLayout } from '../state/task-folders.ts';

/** Which tasks a verb may act on. */
export interface Scope {
  readonly locations: Locations;
  /** `undefined` is every namespace. */
  readonly namespace: string | undefined;
}

const defaultNamespace = 'default';

/** The scope that a verb's options and the environment name. */
export function resolveScope(cli: Cli, { options }: Pick<Invocation, 'options'>): Scope {
  const all = flag(options, 'allNamespaces');
  const named = text(options, 'namespace');
  if (all && named !== undefined) throw usageError('--namespace and --all-namespaces exclude one another');
  return {
    locations: resolveLocations(cli.env, options),
    namespace: all ? undefined : (named ?? cli.env['CONTAINERD_NAMESPACE'] ?? defaultNamespace),
  };
}

/**
 * Every task of the scope.
 * @throws CliError `permission_denied` where a state folder exists that this user may not read.
 */
export async function listTasks(cli: Cli, scope: Scope): Promise<readonly TaskFolder[]> {
  const states = stateFolders(scope.locations);
  for (const { folder } of states) {
    const path = join(folder, taskLayout);
    if ((await cli.host.isReadable(path)) === false) {
      throw new CliError('permission_denied', `user ${cli.uid} may not read ${path}`, {
        advice: 'run it as root (sudo sandshim …)',
      });
    }
  }
  return await findTaskFolders(cli.host, { states, namespace: scope.namespace });
}

/**
 * The one task that `reference` means: its id, or the beginning of one.
 * @throws CliError `not_found`, or `invalid_argument` when several begin so.
 */
export function pickTask(tasks: readonly TaskFolder[], reference: string, scope: Scope): TaskFolder {
  const exact = tasks.filter(({ id }) => id === reference);
  const candidates = exact.length > 0 ? exact : tasks.filter(({ id }) => id.startsWith(reference));
  const [first, second] = reference === '' ? [] : candidates;
  if (first === undefined) {
    const where = scope.namespace === undefined ? 'any namespace' : `namespace ${scope.namespace}`;
    throw new CliError('not_found', `no container in ${where} is called ${reference}`, {
      advice: 'see them all: sandshim ps --all-namespaces',
    });
  }
  if (second === undefined) return first;
  const names = candidates.slice(0, 5).map(({ namespace, id }) => (exact.length > 0 ? `${namespace}/${id}` : id));
  const more = candidates.length > 5 ? ` and ${candidates.length - 5} more` : '';
  throw new CliError('invalid_argument', `${reference} could be ${names.join(', ')}${more}`, {
    advice: exact.length > 0 ? 'name the namespace: -n NAMESPACE' : 'give more of the id',
  });
}

/** {@link pickTask} among the tasks of the invocation's scope. */
export async function findTask(cli: Cli, invocation: Invocation, reference: string): Promise<TaskFolder> {
  const scope = resolveScope(cli, invocation);
  return pickTask(await listTasks(cli, scope), reference, scope);
}
