import { SandshimError } from '@sandshim/runsc-client';
import type { MethodDefinition, RequestOf, ResponseOf, ServiceDefinition } from './service-definition.ts';

/** How one call is made. */
export interface RpcCallOptions {
  readonly signal?: AbortSignal;
  /** How long to wait; the server hears of it and gives up too. */
  readonly timeoutMs?: number;
  /** Sent beside the request, such as `containerd-namespace-ttrpc`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One call as a channel makes it, its message types erased. */
export interface RpcCall<Input> {
  readonly service: string;
  readonly method: MethodDefinition<unknown, unknown>;
  readonly input: Input;
  readonly options: RpcCallOptions;
}

/** A connection that calls can be made on, whatever its protocol. */
export interface RpcChannel extends AsyncDisposable {
  unary(call: RpcCall<unknown>): Promise<unknown>;
  /** Absent where the protocol's streams are not supported. `input` is one message or many, as the method says. */
  stream?(call: RpcCall<unknown>): AsyncIterable<unknown>;
  /** Fails every pending call and closes. Idempotent. */
  close(): Promise<void>;
}

/** The client's function for one method, by what of it streams. */
export type MethodClient<Method> = Method extends {
  readonly requestStream: infer In;
  readonly responseStream: infer Out;
}
  ? (
      request: In extends true ? AsyncIterable<RequestOf<Method>> : RequestOf<Method>,
      options?: RpcCallOptions,
    ) => Out extends true ? AsyncIterable<ResponseOf<Method>> : Promise<ResponseOf<Method>>
  : never;

/** A service seen from its client: one function per method, by the method's key in the definition. */
export type ServiceClient<Service extends ServiceDefinition> = {
  readonly [Key in keyof Service['methods']]: MethodClient<Service['methods'][Key]>;
};

/** Calls `service` on `channel`, which stays the caller's to close. `defaults` hold for every call that says nothing else. */
export function createClient<Service extends ServiceDefinition>(
  service: Service,
  { channel, defaults = {} }: { readonly channel: RpcChannel; readonly defaults?: RpcCallOptions },
): ServiceClient<Service> {
  const functions = Object.entries(service.methods).map(([key, method]) => {
    const invoke = (input: unknown, options: RpcCallOptions = {}) => {
      const call = { service: service.fullName, method, input, options: { ...defaults, ...options } };
      if (!method.requestStream && !method.responseStream) return channel.unary(call);
      return method.responseStream ? streamOf(channel, call) : onlyMessage(streamOf(channel, call));
    };
    return [key, invoke] as const;
  });
  // Each function is made from the very method that its type is computed from.
  return Object.fromEntries(functions) as unknown as ServiceClient<Service>;
}

function streamOf(channel: RpcChannel, call: RpcCall<unknown>): AsyncIterable<unknown> {
  if (channel.stream !== undefined) return channel.stream(call);
  throw new SandshimError('unimplemented', `${call.method.name} streams, which this connection cannot`);
}

async function onlyMessage(messages: AsyncIterable<unknown>): Promise<unknown> {
  for await (const message of messages) return message;
  throw new SandshimError('internal', 'the server ended the call without an answer');
}
