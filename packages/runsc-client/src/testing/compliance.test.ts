import { describe, test } from 'vitest';
import { Runc } from '../runc.ts';
import { Runsc } from '../runsc.ts';
import { FakeRuntime, makeSubject, runtimeCompliance } from './index.ts';

describe.each(['runsc', 'runc'] as const)('the fake %s does what every runtime does', (flavor) => {
  const subject = async () => {
    const fake = await FakeRuntime.make(flavor);
    const { command } = fake;
    const inner = await makeSubject(() => (flavor === 'runsc' ? new Runsc({ command }) : new Runc({ command })), '/');
    const dispose = async () => {
      await inner[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    };
    return { ...inner, [Symbol.asyncDispose]: dispose };
  };
  for (const { name, run } of runtimeCompliance(subject)) test(name, run, 30_000);
});
