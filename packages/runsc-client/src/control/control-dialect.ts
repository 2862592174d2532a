/** How the control socket of one runsc version is reached and spoken to. */
export interface ControlDialect {
  /** As `runsc --version` prints it. */
  readonly version: string;
  /**
   * `abstract`: the abstract name `runsc-sandbox.ID` with a zero byte at either end. `recorded`: the socket file that the
   * container's state file names.
   */
  readonly address: 'abstract' | 'recorded';
  /** Whether `ExecuteAsync` wants to be told which descriptor becomes which in the process. */
  readonly guestDescriptors: boolean;
  /** What `Event` is asked with. */
  readonly eventArgument: 'nothing' | 'container';
  /** How the command line finds out whether a container that its state file calls running still is. */
  readonly liveness: 'signal' | 'runtime-state';
  /** Whether `runsc ps` finds that out as well, or goes by the state file alone. */
  readonly psFindsOut: boolean;
  /** Capabilities that this version's command line knows, as the number of the last. */
  readonly lastCapability: 37 | 40;
}

// Only versions on which the compliance suite (test/control) passed.
const dialects: readonly ControlDialect[] = [
  {
    version: '0.0~20221219.0',
    address: 'abstract',
    guestDescriptors: false,
    eventArgument: 'nothing',
    liveness: 'signal',
    psFindsOut: true,
    lastCapability: 37,
  },
  {
    version: '0.0~20240729.0',
    address: 'recorded',
    guestDescriptors: true,
    eventArgument: 'container',
    liveness: 'runtime-state',
    psFindsOut: false,
    lastCapability: 40,
  },
];

/** The dialect of this runsc version; `undefined` for one on which the control socket is not known to mean the same. */
export function controlDialect(version: string): ControlDialect | undefined {
  return dialects.find((dialect) => dialect.version === version);
}

/** The runsc versions whose control socket is used. */
export function supportedControlVersions(): readonly string[] {
  return dialects.map((dialect) => dialect.version);
}
