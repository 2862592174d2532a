import { parseContainerId, parsePid } from '../ids.ts';
import type { ContainerState, ContainerStatus, ListedContainer } from '../runtime.ts';
import { expectArray, expectRecord, expectString, type JsonRecord, optional, unexpected } from './expect.ts';

const statuses: readonly ContainerStatus[] = ['creating', 'created', 'running', 'paused', 'stopped'];

/** The OCI runtime spec's state, and what runc and crun add to it. */
export function parseContainerState(value: unknown, path = 'state'): ContainerState {
  const record = expectRecord(value, path);
  const ociVersion = optional(record['ociVersion'], `${path}.ociVersion`, expectString);
  const id = parseContainerId(record['id']);
  return { ...parseCommon(record, path), id, ociVersion: ociVersion ?? '' };
}

/** What `list --format json` prints: a list, or null when there is none. crun's entries lack most of a state's fields. */
export function parseContainerList(value: unknown, path = 'list'): readonly ListedContainer[] {
  const entries = optional(value, path, expectArray) ?? [];
  return entries.map((entry, index) => {
    const at = `${path}[${index}]`;
    const record = expectRecord(entry, at);
    const owner = optional(record['owner'], `${at}.owner`, expectString);
    const id = expectString(record['id'], `${at}.id`);
    return { ...parseCommon(record, at), id, ...(owner === undefined ? {} : { owner }) };
  });
}

function parseCommon(record: JsonRecord, path: string): Omit<ContainerState, 'id' | 'ociVersion'> {
  const pid = record['pid'];
  const rootfs = optional(record['rootfs'], `${path}.rootfs`, expectString);
  const created = optional(record['created'], `${path}.created`, expectDate);
  return {
    status: expectStatus(record['status'], `${path}.status`),
    // A stopped container has none: runc says 0, runsc leaves the field out or says -1.
    ...(typeof pid === 'number' && pid > 0 ? { pid: parsePid(pid) } : {}),
    bundle: expectString(record['bundle'], `${path}.bundle`),
    ...(rootfs === undefined ? {} : { rootfs }),
    ...(created === undefined ? {} : { created }),
    annotations: optional(record['annotations'], `${path}.annotations`, expectAnnotations) ?? {},
  };
}

function expectStatus(value: unknown, path: string): ContainerStatus {
  return statuses.find((status) => status === value) ?? unexpected(path, statuses.join(' | '), value);
}

function expectDate(value: unknown, path: string): Date {
  const date = new Date(expectString(value, path));
  return Number.isNaN(date.getTime()) ? unexpected(path, 'an RFC 3339 time', value) : date;
}

function expectAnnotations(value: unknown, path: string): Readonly<Record<string, string>> {
  const entries = Object.entries(expectRecord(value, path));
  return Object.fromEntries(entries.map(([key, text]) => [key, expectString(text, `${path}.${key}`)]));
}
