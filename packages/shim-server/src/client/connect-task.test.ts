import { SandshimError } from '@sandshim/runsc-client';
import { expect, onTestFinished, test } from 'vitest';
import { ConnectResponse, TaskV2Definition, TaskV3Definition } from '../api/index.ts';
import { implementService, type ServedService, type ServiceHandlers } from '../rpc/handler.ts';
import { echoService } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { serveTtrpc } from '../ttrpc/server.ts';
import { connectTask } from './connect-task.ts';

async function serve(...services: ServedService[]): Promise<string> {
  const folder = await createSocketFolder();
  const { listener, path } = await folder.listen();
  const server = serveTtrpc({ listener, services });
  onTestFinished(async () => {
    await server.close();
    await folder[Symbol.asyncDispose]();
  });
  return `unix://${path}`;
}

const handlers: ServiceHandlers<typeof TaskV3Definition> = {
  connect: () => ConnectResponse.create({ shimPid: 7 }),
  state: ({ id }, { metadata }) => {
    throw new SandshimError('not_found', `${id} in ${metadata.get('containerd-namespace-ttrpc')}`);
  },
};
const v2 = implementService(TaskV2Definition, handlers);
const v3 = implementService(TaskV3Definition, handlers);

test('the newest version that the shim answers to is taken', async () => {
  for (const [services, version] of [
    [[v2, v3], 3],
    [[v3], 3],
    [[v2], 2],
  ] as const) {
    await using connection = await connectTask(await serve(...services));
    expect(connection.version).toBe(version);
    expect((await connection.task.connect({ id: 'x' })).shimPid).toBe(7);
  }
});

test('a version that is asked for is not tried out', async () => {
  await using connection = await connectTask(await serve(v3), { version: 2 });
  await expect(connection.task.connect({ id: 'x' })).rejects.toMatchObject({ code: 'unimplemented' });
});

test('every call names the namespace', async () => {
  await using connection = await connectTask(await serve(v2), { namespace: 'k8s.io' });
  await expect(connection.task.state({ id: 'c1', execId: '' })).rejects.toMatchObject({
    code: 'not_found',
    message: 'c1 in k8s.io',
  });
});

test('a server that is no shim is unimplemented', async () => {
  await expect(connectTask(await serve(echoService()))).rejects.toMatchObject({ code: 'unimplemented' });
});

test('closing settles closed', async () => {
  const connection = await connectTask(await serve(v2));
  await connection.close();
  await connection.closed;
});
