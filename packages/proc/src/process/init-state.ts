import type { ProcessExit } from '../container.ts';
import type { MadeInit } from './init-runtime.ts';

/** An init process in one of its states, with what is known in that state. */
export type InitState =
  | { readonly status: 'created' | 'running' | 'pausing' | 'paused'; readonly made: MadeInit }
  | { readonly status: 'createdCheckpoint'; readonly checkpoint: string; readonly made?: undefined }
  | { readonly status: 'stopped' | 'deleted'; readonly made?: MadeInit; readonly exit: ProcessExit };

/** What a container begins with. */
export type CreatedState =
  | { readonly status: 'created'; readonly made: MadeInit }
  | { readonly status: 'createdCheckpoint'; readonly checkpoint: string };

/** What the container does at turns of its init's life. */
export interface InitHooks {
  /** The init process has ended; settles, with the status that is to be told, once its exit may be published. */
  readonly beforeExit: (status: number) => Promise<number>;
  /** A process came into being: at creation, or at a restore. */
  readonly onMade: (made: MadeInit) => void;
  /** Releases what the container holds; after the runtime has removed it. */
  readonly release: () => Promise<void>;
}
