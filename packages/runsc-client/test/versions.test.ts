import { join } from 'node:path';
import { parseContainerId, Runc, Runsc } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';
import { laterSuites } from '../../../tests/support/later-suites.ts';

const later = laterSuites();
const id = parseContainerId('versions');

test('versions of every installed runtime are read', async () => {
  expect(await new Runsc().version()).toMatchObject({ program: 'runsc', version: expect.stringContaining('20221219') });
  const runsc2024 = new Runsc({ command: join(later.runsc2024, 'runsc') });
  expect(await runsc2024.version()).toMatchObject({ version: expect.stringContaining('20240729'), spec: '1.2.0' });
  expect(await new Runc().version()).toMatchObject({ program: 'runc', version: expect.stringMatching(/^1\.1\./) });
  const runc13 = new Runc({ command: join(later.runc13, 'runc') });
  expect(await runc13.version()).toMatchObject({
    version: expect.stringMatching(/^1\.3\./),
    commit: expect.any(String),
  });
  expect(await new Runc({ command: 'crun' }).version()).toMatchObject({ program: 'crun', spec: '1.0.0' });
});

test('features of runc are read, old and new', async () => {
  expect(await new Runc().features()).toMatchObject({
    ociVersionMax: '1.0.2-dev',
    hooks: expect.arrayContaining(['prestart']),
  });
  const runc13 = new Runc({ command: join(later.runc13, 'runc') });
  const { ociVersionMax, annotations } = await runc13.features();
  expect(ociVersionMax).toMatch(/^1\.2\./);
  expect(annotations['org.opencontainers.runc.version']).toMatch(/^1\.3\./);
});

test('what a version lacks is unimplemented, with the version', async () => {
  const lacks = (message: string) => ({ code: 'unimplemented', message: expect.stringMatching(message) });
  const runsc = new Runsc();
  await expect(runsc.features()).rejects.toMatchObject(lacks('^runsc .*20221219.* has no features command$'));
  await expect(runsc.update(id, {})).rejects.toMatchObject(lacks('20221219.* has no update command$'));
  await expect(runsc.portForward(id, { remotePort: 1 })).rejects.toMatchObject(
    lacks('20221219.* has no port-forward command$'),
  );
  const options = { imagePath: '/nowhere', compression: 'none' } as const;
  await expect(runsc.checkpoint(id, options)).rejects.toMatchObject(lacks('no option --compression of checkpoint$'));
  // The version of 2024 has both, and looks for the container.
  const runsc2024 = new Runsc({ command: join(later.runsc2024, 'runsc'), root: '/nowhere' });
  await expect(runsc2024.checkpoint(id, options)).rejects.toMatchObject({ code: 'not_found' });
  await expect(runsc2024.portForward(id, { remotePort: 1 })).rejects.toMatchObject({ code: 'not_found' });
  await expect(runsc2024.update(id, {})).rejects.toMatchObject(lacks('20240729.* has no update command$'));
  await expect(new Runc({ command: 'crun' }).features()).rejects.toMatchObject(
    lacks('^crun 1.8.1 has no features command$'),
  );
});
