import { SandshimError } from './errors.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** The id of a container, unique below one runtime root. Made by {@link parseContainerId}. */
export type ContainerId = Brand<string, 'ContainerId'>;
/** The id of an additional process of a container. Made by {@link parseExecId}. */
export type ExecId = Brand<string, 'ExecId'>;
/** A process id, greater than 0. Made by {@link parsePid}. */
export type Pid = Brand<number, 'Pid'>;
/** An open file descriptor of this process, 0 or greater. Made by {@link parseFd}. */
export type Fd = Brand<number, 'Fd'>;

// containerd validates identifiers by this rule; ids therefore are safe inside file names.
const identifier = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const maxIdentifierLength = 76;

/** @throws SandshimError `invalid_argument` unless `value` is 1 to 76 characters of containerd's identifier alphabet. */
export function parseContainerId(value: unknown): ContainerId {
  return parseIdentifier(value, 'container id') as ContainerId;
}

/** @throws SandshimError `invalid_argument` unless `value` is 1 to 76 characters of containerd's identifier alphabet. */
export function parseExecId(value: unknown): ExecId {
  return parseIdentifier(value, 'exec id') as ExecId;
}

/** @throws SandshimError `invalid_argument` unless `value` is an integer from 1 to 2^22. */
export function parsePid(value: unknown): Pid {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 4_194_304) {
    return value as Pid;
  }
  throw new SandshimError('invalid_argument', `not a process id: ${String(value)}`);
}

/** @throws SandshimError `invalid_argument` unless `value` is an integer of 0 or more. */
export function parseFd(value: unknown): Fd {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) {
    return value as Fd;
  }
  throw new SandshimError('invalid_argument', `not a file descriptor: ${String(value)}`);
}

function parseIdentifier(value: unknown, kind: string): string {
  if (typeof value === 'string' && value.length <= maxIdentifierLength && identifier.test(value)) {
    return value;
  }
  throw new SandshimError('invalid_argument', `${kind} ${JSON.stringify(value)} is not a valid identifier`);
}
