import type { Containerd } from './containerd/start.ts';
import { ctrSession } from './ctr-session.ts';
import { eventually } from './eventually.ts';
import type { Session } from './session.ts';

/** One line of `ctr events`. */
export interface SeenEvent {
  readonly topic: string;
  /** The event's own fields, as ctr prints them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Listens to containerd's events from now on. */
export interface EventWatch extends AsyncDisposable {
  /** The events of tasks so far that concern this container, oldest first. */
  of(id: string): readonly SeenEvent[];
  /** Waits until this container's task has been deleted, and a little longer for what might still come. */
  settled(id: string): Promise<readonly SeenEvent[]>;
}

export async function watchEvents(containerd: Containerd): Promise<EventWatch> {
  const session = ctrSession(containerd, ['events']);
  // ctr says nothing once it listens: so make events until it prints one.
  await eventually(
    async () => {
      await containerd.ctr(['namespaces', 'label', containerd.namespace, `touched=${performance.now()}`]);
      return session.output.includes('/namespaces/update') ? true : undefined;
    },
    { what: 'ctr events to listen', everyMs: 50 },
  );
  const of = (id: string) => eventsIn(session).filter(({ fields }) => fields['container_id'] === id);
  return {
    of,
    settled: async (id) => {
      const deleted = () => of(id).some(({ topic }) => topic === '/tasks/delete') || undefined;
      await eventually(deleted, { what: `the delete event of ${id}` });
      // An event that comes twice comes close behind: one round trip later it would be here.
      const mark = `mark=${performance.now()}`;
      await containerd.ctr(['namespaces', 'label', containerd.namespace, mark]);
      await session.saw(mark.slice('mark='.length));
      return of(id);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function eventsIn({ output }: Session): readonly SeenEvent[] {
  return output.split('\n').flatMap((line) => {
    const match = /(\/tasks\/\S+) (\{.*\})\s*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    return [{ topic: match[1], fields: JSON.parse(match[2]) }];
  });
}
