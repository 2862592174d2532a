import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseFd, parsePid } from '@sandshim/runsc-client';
import { expect, it } from 'vitest';
import { fakeFiles } from '../testing/fake-files.ts';
import { findDescriptors, identitiesOf } from './stream-identity.ts';

it('a stream is found again among the descriptors of a process that has it', async () => {
  using files = fakeFiles({ out: '' });
  const here = parseFd(openSync(join(files.folder, 'out'), 'a'));
  const identities = identitiesOf({ stdin: null, stdout: here, stderr: null });
  const pid = parsePid(process.pid);
  expect(await findDescriptors(pid, identities)).toEqual({ stdin: undefined, stdout: here, stderr: undefined });
  closeSync(here);
  expect(await findDescriptors(pid, identities)).toEqual({ stdin: undefined, stdout: undefined, stderr: undefined });
});
