import { join } from 'node:path';

/**
 * Where runsc's TOML is looked for when containerd names none, in order: beside containerd's own configuration, then where
 * gVisor's shim reads it at its start.
 */
export function runscTomlPlaces(bundle: string): readonly string[] {
  return [
    '/etc/containerd/runsc.toml',
    '/run/containerd/runsc/config.toml',
    '/etc/containerd/runsc/config.toml',
    join(bundle, 'config.toml'),
  ];
}
