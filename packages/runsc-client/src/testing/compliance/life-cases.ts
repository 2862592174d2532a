import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComplianceCase } from './subject.ts';
import { containerId, created, failsWith, reaches, started } from './subject.ts';

/** From create to delete. */
export const lifeCases: readonly ComplianceCase[] = [
  {
    name: 'create makes a container that is created, and writes its pid',
    check: async (subject) => {
      const bundle = await subject.bundle(['sleep', '1000']);
      const pidFile = join(subject.folder, 'init.pid');
      await subject.runtime.create(containerId, { bundle, pidFile });
      const state = await subject.runtime.state(containerId);
      assert.equal(state.id, containerId);
      assert.equal(state.status, 'created');
      assert.equal(state.bundle, bundle);
      assert.equal(String(state.pid), await readFile(pidFile, 'utf8'));
    },
  },
  {
    name: 'a container is running once it is started, stopped once it is killed, and not found once it is deleted',
    check: async (subject) => {
      await started(subject);
      await reaches(subject, 'running');
      await subject.runtime.kill(containerId, 9, { all: true });
      await reaches(subject, 'stopped');
      await subject.runtime.delete(containerId);
      await failsWith('not_found', subject.runtime.state(containerId));
    },
  },
  {
    name: 'an id that is taken is refused, and its container lives on',
    check: async (subject) => {
      await started(subject);
      const bundle = await subject.bundle(['true']);
      await failsWith('already_exists', subject.runtime.create(containerId, { bundle }));
      await reaches(subject, 'running');
    },
  },
  {
    name: 'a bundle that is not there is refused',
    check: async (subject) => {
      const bundle = join(subject.folder, 'no-such-bundle');
      await failsWith('invalid_argument', subject.runtime.create(containerId, { bundle }));
      await failsWith('not_found', subject.runtime.state(containerId));
    },
  },
  {
    name: 'what runs is not started again, and not deleted without force',
    check: async (subject) => {
      await started(subject);
      await failsWith('failed_precondition', subject.runtime.start(containerId));
      await failsWith('failed_precondition', subject.runtime.delete(containerId));
      await subject.runtime.delete(containerId, { force: true });
      await failsWith('not_found', subject.runtime.state(containerId));
    },
  },
  {
    name: 'every command on a container that does not exist answers not_found, and a forced delete succeeds',
    check: async ({ runtime }) => {
      await failsWith('not_found', runtime.state(containerId));
      await failsWith('not_found', runtime.start(containerId));
      await failsWith('not_found', runtime.kill(containerId, 9));
      await failsWith('not_found', runtime.pause(containerId));
      await failsWith('not_found', runtime.resume(containerId));
      await failsWith('not_found', runtime.ps(containerId));
      await failsWith('not_found', runtime.delete(containerId));
      await runtime.delete(containerId, { force: true });
    },
  },
  {
    name: 'pause and resume go there and back, and each is refused the second time',
    check: async (subject) => {
      await started(subject);
      await subject.runtime.pause(containerId);
      await reaches(subject, 'paused');
      await failsWith('failed_precondition', subject.runtime.pause(containerId));
      await subject.runtime.resume(containerId);
      await reaches(subject, 'running');
      await failsWith('failed_precondition', subject.runtime.resume(containerId));
    },
  },
  {
    name: 'a signal that does not exist is refused; one for a container that has ended answers not_found',
    check: async (subject) => {
      await started(subject);
      await failsWith('invalid_argument', subject.runtime.kill(containerId, 99));
      await subject.runtime.kill(containerId, 9);
      await reaches(subject, 'stopped');
      await failsWith('not_found', subject.runtime.kill(containerId, 9));
    },
  },
  {
    name: 'a created container can be deleted with force',
    check: async (subject) => {
      await created(subject);
      await subject.runtime.delete(containerId, { force: true });
      await failsWith('not_found', subject.runtime.state(containerId));
    },
  },
];
