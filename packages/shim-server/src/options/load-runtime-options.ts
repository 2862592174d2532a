import { isAbsolute } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { anyTypeName, unpackAny } from '../api/any.ts';
import { Options as RuncOptions } from '../api/gen/containerd/runc/v1/options.ts';
import { Options as OldGenericOptions } from '../api/gen/cri/runtimeoptions/v1/options.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import { Options as GenericOptions } from '../api/gen/runtimeoptions/v1/options.ts';
import { readIfThere } from './read-if-there.ts';
import { runscTomlPlaces } from './runsc-toml-places.ts';
import { defaultRuntimeOptions, type RuntimeName, type RuntimeOptions } from './runtime-options.ts';
import { runtimeOptionsFromToml } from './runtime-toml.ts';
import { parseToml } from './toml-file.ts';

export interface LoadRuntimeOptionsContext {
  /** The runtime of the shim's name. */
  readonly runtime: RuntimeName;
  readonly bundle: string;
  readonly warn: (message: string) => void;
  /** Where runsc's TOML is looked for when containerd sends no options. */
  readonly searchPath?: readonly string[];
}

/**
 * The options of a container from what containerd sent: runc's options, generic options with the path or the text of a
 * TOML file, or nothing, which for runsc means the TOML file in one of its usual places.
 * @throws SandshimError `invalid_argument` for another message, or a file with a wrong value; `not_found` for a path
 * without a file.
 */
export function loadRuntimeOptions(any: Any | undefined, context: LoadRuntimeOptionsContext): RuntimeOptions {
  const type = any === undefined ? '' : anyTypeName(any);
  if (any === undefined || (type === '' && any.value.length === 0)) return withoutOptions(context);
  const runc = unpackAny(RuncOptions, any);
  if (runc !== undefined) return fromRuncOptions(runc, withoutOptions(context));
  // The message's own type_url is empty from ctr and names runsc's options from CRI: what counts is the path.
  const current = unpackAny(GenericOptions, type === '' ? { ...any, typeUrl: GenericOptions.$type } : any);
  const generic = current ?? unpackAny(OldGenericOptions, any);
  if (generic === undefined) {
    throw new SandshimError('invalid_argument', `unsupported option type ${JSON.stringify(any.typeUrl)}`);
  }
  if (generic.configPath !== '') return fromFile(generic.configPath, context);
  const body = current?.configBody ?? new Uint8Array(0);
  if (body.length === 0) return withoutOptions(context);
  const source = 'the options from containerd';
  return runtimeOptionsFromToml(parseToml(decodeText(body, source), source), { ...context, source });
}

function withoutOptions(context: LoadRuntimeOptionsContext): RuntimeOptions {
  if (context.runtime !== 'runsc') return defaultRuntimeOptions(context.runtime);
  const places = context.searchPath ?? runscTomlPlaces(context.bundle);
  for (const source of places) {
    const text = readIfThere(source);
    if (text !== undefined) return runtimeOptionsFromToml(parseToml(text, source), { ...context, source });
  }
  return defaultRuntimeOptions(context.runtime);
}

function fromFile(path: string, context: LoadRuntimeOptionsContext): RuntimeOptions {
  const text = readIfThere(path);
  if (text === undefined) {
    // It would be looked for in the bundle, where nobody puts one.
    const hint = isAbsolute(path) ? '' : ': its path has to be absolute';
    throw new SandshimError('not_found', `the runtime's configuration ${path} does not exist${hint}`);
  }
  return runtimeOptionsFromToml(parseToml(text, path), { ...context, source: path });
}

function fromRuncOptions(options: RuncOptions, base: RuntimeOptions): RuntimeOptions {
  return {
    ...base,
    binaryName: options.binaryName || base.binaryName,
    root: options.root || base.root,
    systemdCgroup: options.systemdCgroup || base.systemdCgroup,
    noPivotRoot: options.noPivotRoot,
    noNewKeyring: options.noNewKeyring,
    ioUid: options.ioUid || base.ioUid,
    ioGid: options.ioGid || base.ioGid,
    shimCgroup: options.shimCgroup || base.shimCgroup,
    criuImagePath: options.criuImagePath,
    criuWorkPath: options.criuWorkPath,
  };
}

function decodeText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SandshimError('invalid_argument', `${source} are not UTF-8`, { cause: error });
  }
}
