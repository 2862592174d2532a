import { requireDebianRoot } from './debian.ts';
import { bringImage } from './image.ts';
import { bringLaterSuites } from './later-suites.ts';
import { installDebianPackages } from './packages.ts';

export interface SetUpOptions {
  /** Who asks, for the message on a machine that cannot: "the demo". */
  readonly wanted: string;
  /** Also the containerds and runtimes of later Debian suites. */
  readonly laterSuites: boolean;
}

/** Installs and makes what is missing on this machine; nothing when all is there. Throws NeedError. */
export async function setUpMachine({ wanted, laterSuites }: SetUpOptions): Promise<void> {
  const debian = await requireDebianRoot(wanted);
  await installDebianPackages();
  if (laterSuites) await bringLaterSuites(debian.codename);
  await bringImage();
}
