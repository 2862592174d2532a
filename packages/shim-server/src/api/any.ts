import { SandshimError } from '@sandshim/runsc-client';
import type { Any } from './gen/google/protobuf/any.ts';
import type { NamedMessageCodec } from './message.ts';

/** The full name of the type an Any holds: what follows the last slash of its `typeUrl`. Empty for an untyped one. */
export function anyTypeName(any: Any): string {
  return any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1);
}

/** Wraps `message` under its bare name, as containerd does: without "type.googleapis.com/". */
export function packAny<T>(codec: NamedMessageCodec<T>, message: T): Any {
  return { typeUrl: codec.$type, value: codec.encode(message).finish() };
}

/**
 * The message inside `any`, or `undefined` when it is of another type.
 * @throws `invalid_argument` when the type is right and the bytes are not.
 */
export function unpackAny<T>(codec: NamedMessageCodec<T>, any: Any): T | undefined {
  if (anyTypeName(any) !== codec.$type) return undefined;
  try {
    return codec.decode(any.value);
  } catch (cause) {
    throw new SandshimError('invalid_argument', `cannot decode ${codec.$type}: ${String(cause)}`, { cause });
  }
}

/** Wraps a value as JSON under a type URL of containerd's typeurl registry, such as an OCI features document. */
export function packJson(typeUrl: string, value: unknown): Any {
  return { typeUrl, value: new TextEncoder().encode(JSON.stringify(value)) };
}

/**
 * The JSON inside `any`, whatever its type URL says: the reference shims do not look at it either.
 * @throws `invalid_argument` when it is not JSON.
 */
export function unpackJson(any: Any): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(any.value));
  } catch (cause) {
    throw new SandshimError('invalid_argument', `${any.typeUrl || 'untyped value'} is not JSON: ${String(cause)}`, {
      cause,
    });
  }
}
