import type { Metadata } from './metadata.ts';
import type { MethodDefinition, RequestOf, ResponseOf, ServiceDefinition } from './service-definition.ts';

/** What a handler knows of the call that it answers. */
export interface CallContext {
  /** Aborts when the deadline passes, the peer's connection closes or the server does. Its reason is a SandshimError. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting. The answer `deadline_exceeded` goes out then, whatever the handler does. */
  readonly deadline?: Date;
  readonly metadata: Metadata;
}

type MaybePromise<T> = T | Promise<T>;

/** The handler's type of one method, by what of it streams. */
export type MethodHandler<Method> = Method extends {
  readonly requestStream: infer In;
  readonly responseStream: infer Out;
}
  ? (
      request: In extends true ? AsyncIterable<RequestOf<Method>> : RequestOf<Method>,
      context: CallContext,
    ) => Out extends true ? AsyncIterable<ResponseOf<Method>> : MaybePromise<ResponseOf<Method>>
  : never;

/** Handlers by the method's key in the definition. A method without one answers `unimplemented`. */
export type ServiceHandlers<Service extends ServiceDefinition> = {
  readonly [Key in keyof Service['methods']]?: MethodHandler<Service['methods'][Key]>;
};

/** A method with its handler, its message types erased: what a transport drives. */
export interface ServedMethod {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly handle: (request: unknown, context: CallContext) => unknown;
}

/** A service ready to be served by any transport. */
export interface ServedService {
  readonly fullName: string;
  /** By the method's name on the wire. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
}

/** Puts a definition and its handlers together. */
export function implementService<Service extends ServiceDefinition>(
  service: Service,
  handlers: NoInfer<ServiceHandlers<Service>>,
): ServedService {
  const methods = new Map<string, ServedMethod>();
  for (const [key, definition] of Object.entries(service.methods)) {
    const handle: unknown = handlers[key];
    if (isHandler(handle)) methods.set(definition.name, { definition, handle: handle.bind(handlers) });
  }
  return { fullName: service.fullName, methods };
}

function isHandler(value: unknown): value is ServedMethod['handle'] {
  return typeof value === 'function';
}
