import { SandshimError } from '@sandshim/runsc-client';
import { Any } from '../api/gen/google/protobuf/any.ts';
import type { MessageCodec } from '../api/message.ts';
import { type CallContext, implementService, type ServedService } from '../rpc/handler.ts';
import { defineService } from '../rpc/service-definition.ts';

const anyCodec: MessageCodec<Any> = Any;
const anyType = { requestType: anyCodec, responseType: anyCodec };

/** A service with a method of each kind, for tests of transports. Its messages are Any: a text and bytes. */
export const echoDefinition = defineService({
  fullName: 'sandshim.test.Echo',
  methods: {
    echo: { ...anyType, name: 'Echo', requestStream: false, responseStream: false },
    fail: { ...anyType, name: 'Fail', requestStream: false, responseStream: false },
    /** Answers only when it is canceled, with the reason. */
    hang: { ...anyType, name: 'Hang', requestStream: false, responseStream: false },
    /** As many zero bytes as the number in the text says. */
    zeros: { ...anyType, name: 'Zeros', requestStream: false, responseStream: false },
    count: { ...anyType, name: 'Count', requestStream: false, responseStream: true },
    join: { ...anyType, name: 'Join', requestStream: true, responseStream: false },
    chat: { ...anyType, name: 'Chat', requestStream: true, responseStream: true },
    absent: { ...anyType, name: 'Absent', requestStream: false, responseStream: false },
  },
});

/** What a test may watch of the echo service. */
export interface EchoObserver {
  onContext?(context: CallContext): void;
  onCanceled?(reason: unknown): void;
  /** A message that `count` is about to send. */
  onCount?(index: number): void;
  onCountEnd?(): void;
  /** Settles before `chat` reads its next message. */
  beforeChatRead?(): Promise<void>;
}

/** A message of the echo service. */
export function text(typeUrl: string): Any {
  return { typeUrl, value: new Uint8Array() };
}

/** The echo service, served. */
export function echoService(observer: EchoObserver = {}): ServedService {
  return implementService(echoDefinition, {
    echo: (request, context) => {
      observer.onContext?.(context);
      return request;
    },
    fail: ({ typeUrl }) => {
      if (typeUrl === 'plain') throw new Error('cannot start a running process');
      throw new SandshimError('not_found', 'container not created: not found');
    },
    hang: async (_request, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      observer.onCanceled?.(signal.reason);
      return text('too late');
    },
    zeros: ({ typeUrl }) => ({ typeUrl: '', value: new Uint8Array(Number(typeUrl)) }),
    count: async function* ({ typeUrl, value }) {
      try {
        for (let index = 0; index < Number(typeUrl); index++) {
          observer.onCount?.(index);
          yield { typeUrl: String(index), value };
        }
      } finally {
        observer.onCountEnd?.();
      }
    },
    join: async (requests) => {
      const parts: string[] = [];
      for await (const { typeUrl } of requests) parts.push(typeUrl);
      return text(parts.join('+'));
    },
    chat: async function* (requests) {
      for await (const { typeUrl } of requests) {
        await observer.beforeChatRead?.();
        if (typeUrl === 'fail') throw new SandshimError('aborted', 'enough');
        yield text(`re: ${typeUrl}`);
      }
    },
  });
}
