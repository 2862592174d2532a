import { SandshimError } from '../errors.ts';
import type { ContainerId } from '../ids.ts';
import type { Spawner } from '../spawner.ts';
import { ControlClient, type ControlClientOptions } from './control-client.ts';
import { type ControlDialect, controlDialect } from './control-dialect.ts';
import type { RunscVersion } from './runsc-version.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { SandboxRecords } from './sandbox-records.ts';
import { SandboxVersions } from './sandbox-versions.ts';

/** A container of a running sandbox whose control socket may be used. */
export interface LocatedSandbox {
  readonly record: SandboxRecord;
  readonly dialect: ControlDialect;
  /** Of the binary that the sandbox runs, which need not be the one that is installed by now. */
  readonly version: RunscVersion;
  readonly client: ControlClient;
}

/** Whether the control socket serves a container, and if not, why. */
export type ControlAvailability =
  | { readonly kind: 'available'; readonly sandbox: LocatedSandbox }
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface LocatorOptions extends ControlClientOptions {
  /** runsc's root folder. */
  readonly root: string;
  readonly spawner?: Spawner;
  /** Shared with other locators; without it one of its own. */
  readonly versions?: SandboxVersions;
}

/**
 * Finds the control socket of a container's sandbox: by runsc's own state file, and only where the binary that the sandbox
 * runs is of a version that is known to mean the same by its socket as by its commands.
 */
export class SandboxLocator {
  readonly #options: LocatorOptions;
  readonly #records: SandboxRecords;
  readonly #versions: SandboxVersions;

  constructor(options: LocatorOptions) {
    this.#options = options;
    this.#records = new SandboxRecords(options.root);
    this.#versions = options.versions ?? new SandboxVersions();
  }

  /** Never rejects: whatever goes wrong is a reason not to use the socket. */
  async locate(container: ContainerId): Promise<ControlAvailability> {
    try {
      const record = await this.#records.find(container);
      if (record === undefined) return unavailable('runsc has no running sandbox recorded for it');
      const version = await this.#versions.of(record.sandboxPid, this.#options.spawner);
      if (version === undefined) return unavailable('the version of its sandbox is not known');
      const dialect = controlDialect(version.version);
      if (dialect === undefined) return unavailable(`runsc ${version.version} is not among the proven versions`);
      const path = dialect.address === 'abstract' ? `\0runsc-sandbox.${record.sandbox}\0` : record.controlSocket;
      if (path === undefined) return unavailable('runsc has recorded no control socket');
      const client = new ControlClient(path, { ...this.#options, peerPid: record.sandboxPid });
      return { kind: 'available', sandbox: { record, dialect, version, client } };
    } catch (error) {
      return unavailable(SandshimError.from(error).message);
    }
  }
}

function unavailable(reason: string): ControlAvailability {
  return { kind: 'unavailable', reason };
}
