import type { MessageCodec } from '../api/message.ts';

/** One method of a service: its name on the wire and how its messages are coded. */
export interface MethodDefinition<Request, Response> {
  readonly name: string;
  readonly requestType: MessageCodec<Request>;
  readonly requestStream: boolean;
  readonly responseType: MessageCodec<Response>;
  readonly responseStream: boolean;
}

/**
 * A service, free of any transport. The generated `…Definition` constants are of this shape, so one definition and one set
 * of handlers serve ttrpc and gRPC.
 */
export interface ServiceDefinition {
  /** The full protobuf name, such as `containerd.task.v2.Task`. */
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition<unknown, unknown>>>;
}

/** Names a service that was not generated, and keeps the types of its methods. */
export function defineService<const Methods extends ServiceDefinition['methods']>(service: {
  readonly fullName: string;
  readonly methods: Methods;
}): { readonly fullName: string; readonly methods: Methods } {
  return service;
}

/** The message that a method takes. */
export type RequestOf<Method> = Method extends { readonly requestType: MessageCodec<infer Request> } ? Request : never;

/** The message that a method gives. */
export type ResponseOf<Method> = Method extends { readonly responseType: MessageCodec<infer Response> }
  ? Response
  : never;
