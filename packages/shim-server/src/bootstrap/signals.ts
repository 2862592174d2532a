/** The wish of somebody that this process ends in good order. */
export interface Termination extends Disposable {
  readonly signal: Promise<NodeJS.Signals>;
}

/** Hears SIGTERM and SIGINT from now on, so that neither ends the process by itself, until disposed. */
export function awaitTermination(): Termination {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const terminate = (signal: NodeJS.Signals): void => resolve(signal);
  process.on('SIGTERM', terminate).on('SIGINT', terminate);
  return {
    signal: promise,
    [Symbol.dispose]: () => void process.off('SIGTERM', terminate).off('SIGINT', terminate),
  };
}

export interface TroubleHandlers {
  readonly dump: () => void;
  readonly uncaught: (error: unknown) => void;
}

/** Hears SIGUSR1 and uncaught errors until disposed. One container's mistake must not take the pod's others along. */
export function onTrouble(handlers: TroubleHandlers): Disposable {
  const dump = (): void => handlers.dump();
  const uncaught = (error: unknown): void => handlers.uncaught(error);
  process.on('SIGUSR1', dump).on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGUSR1', dump).off('uncaughtException', uncaught).off('unhandledRejection', uncaught);
    },
  };
}
