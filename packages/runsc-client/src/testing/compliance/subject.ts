import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { type ErrorCode, SandshimError } from '../../errors.ts';
import { type ContainerId, parseContainerId } from '../../ids.ts';
import type { ContainerStatus, Runtime } from '../../runtime.ts';

/** A runtime to be checked, with a root of its own, and bundles for it. */
export interface ComplianceSubject extends AsyncDisposable {
  readonly runtime: Runtime;
  /** Folder for the files of one check; removed with the subject. */
  readonly folder: string;
  /** A bundle whose process has these args; /bin/sh, sleep, cat and true exist for it. */
  bundle(args: readonly string[]): Promise<string>;
}

/** One fact that holds for every runtime. */
export interface ComplianceCase {
  readonly name: string;
  readonly check: (subject: ComplianceSubject) => Promise<void>;
}

export const containerId: ContainerId = parseContainerId('compliance');

/** A container with this process, running, or created alone. */
export async function started(subject: ComplianceSubject, args: readonly string[] = ['sleep', '1000']): Promise<void> {
  await created(subject, args);
  await subject.runtime.start(containerId);
}

export async function created(subject: ComplianceSubject, args: readonly string[] = ['sleep', '1000']): Promise<void> {
  await subject.runtime.create(containerId, { bundle: await subject.bundle(args) });
}

/** Waits until the container's state has this status. */
export async function reaches(subject: ComplianceSubject, status: ContainerStatus): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const state = await subject.runtime.state(containerId);
    if (state.status === status) return;
    assert.ok(performance.now() < deadline, `the container is ${state.status} and does not become ${status}`);
    await setTimeout(50);
  }
}

/** The call fails with this code, and with an error that a caller can recognise. */
export async function failsWith(
  code: ErrorCode | readonly ErrorCode[],
  call: Promise<unknown>,
): Promise<SandshimError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(SandshimError.is(error), `expected a failure of code ${code}, got ${String(error)}`);
  const codes: readonly ErrorCode[] = typeof code === 'string' ? [code] : code;
  assert.ok(codes.includes(error.code), `expected code ${codes.join(' or ')}, got ${error.code}: ${error.message}`);
  return error;
}

/** What a process wrote, without the line ends that a terminal would add. */
export function process(...args: readonly string[]) {
  return { args, cwd: '/', env: ['PATH=/bin:/usr/bin'], user: { uid: 0, gid: 0 } };
}
