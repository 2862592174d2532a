import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OciSpec } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';

/** The bundle's config.json: parsed, and as it stands in the file. */
export interface LoadedSpec {
  readonly spec: OciSpec;
  readonly text: string;
}

/**
 * Reads the bundle's config.json.
 * @throws SandshimError `not_found` without the file, `invalid_argument` if it is no OCI spec; both name file and cause
 */
export async function readSpec(bundle: string): Promise<LoadedSpec> {
  const file = join(bundle, 'config.json');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not_found' : 'unknown';
    throw new SandshimError(code, `cannot read ${file}: ${cause.message}`, { cause });
  });
  try {
    return { spec: parseSpec(JSON.parse(text)), text };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('invalid_argument', `${file} is not an OCI spec: ${why}`, { cause });
  }
}

/** Checks what sandshim itself reads; the runtime checks the rest. @throws TypeError that names the field */
export function parseSpec(value: unknown): OciSpec {
  const spec = record(value, 'the document');
  optional(spec['annotations'], (annotations) => {
    for (const [key, text] of Object.entries(record(annotations, 'annotations'))) {
      if (typeof text !== 'string') throw new TypeError(`annotations[${JSON.stringify(key)}] is not a string`);
    }
  });
  optional(spec['mounts'], (mounts) => {
    array(mounts, 'mounts').forEach((mount, index) => {
      text(record(mount, `mounts[${index}]`)['destination'], `mounts[${index}].destination`);
    });
  });
  optional(spec['linux'], (linux) => {
    const { namespaces, cgroupsPath } = record(linux, 'linux');
    optional(cgroupsPath, (path) => text(path, 'linux.cgroupsPath'));
    optional(namespaces, (list) => {
      array(list, 'linux.namespaces').forEach((namespace, index) => {
        text(record(namespace, `linux.namespaces[${index}]`)['type'], `linux.namespaces[${index}].type`);
      });
    });
  });
  return spec as OciSpec;
}

/**
 * Whether the container has a PID namespace of its own, so that the kernel kills every process of it with its init.
 * A namespace with a path is a joined one.
 */
export function hasPrivatePidNamespace(spec: OciSpec): boolean {
  return spec.linux?.namespaces?.some(({ type, path }) => type === 'pid' && !path) ?? false;
}

function optional(value: unknown, check: (value: unknown) => void): void {
  if (value !== undefined && value !== null) check(value);
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${what} is not an object`);
}

function array(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${what} is not a list`);
}

function text(value: unknown, what: string): void {
  if (typeof value !== 'string') throw new TypeError(`${what} is not a string`);
}
