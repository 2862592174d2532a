export interface SignalHandlers {
  readonly terminate: (signal: NodeJS.Signals) => void;
  readonly dump: () => void;
  readonly uncaught: (error: unknown) => void;
}

/** Hears the signals of a shim, and its uncaught errors, until disposed. */
export function onSignals(handlers: SignalHandlers): Disposable {
  const terminate = (signal: NodeJS.Signals): void => handlers.terminate(signal);
  const dump = (): void => handlers.dump();
  const uncaught = (error: unknown): void => handlers.uncaught(error);
  process.on('SIGTERM', terminate).on('SIGINT', terminate).on('SIGUSR1', dump);
  // One container's mistake must not take the pod's other containers along.
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGTERM', terminate).off('SIGINT', terminate).off('SIGUSR1', dump);
      process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught);
    },
  };
}
