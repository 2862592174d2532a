import { join } from 'node:path';
import type { RuncOptions } from './runc.ts';
import type { RunscOptions } from './runsc.ts';

/** Whom a shim serves. */
export interface ShimContext {
  readonly bundle: string;
  readonly namespace: string;
  /** Folder below which each namespace has its own root. */
  readonly root?: string;
  /** runsc: the pod's log folder, for what a crashing sandbox prints. */
  readonly sandboxLogFolder?: string;
}

/**
 * How a shim runs runsc, where a library's user starts from nothing: a root for the namespace, the log in the bundle, and
 * commands that die with the shim.
 */
export function runscForShim({ bundle, namespace, root, sandboxLogFolder }: ShimContext): RunscOptions {
  return {
    root: join(root ?? '/run/containerd/runsc', namespace),
    log: join(bundle, 'log.json'),
    logFormat: 'json',
    killWithParent: true,
    ...(sandboxLogFolder === undefined ? {} : { panicLog: join(sandboxLogFolder, 'gvisor_panic.log') }),
  };
}

/** The same for runc. */
export function runcForShim({ bundle, namespace, root }: ShimContext): RuncOptions {
  return {
    root: join(root ?? '/run/containerd/runc', namespace),
    log: join(bundle, 'log.json'),
    logFormat: 'json',
    killWithParent: true,
  };
}
