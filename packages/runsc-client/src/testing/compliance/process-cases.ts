import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RuntimeCommandError } from '../../command-error.ts';
import { parseFd } from '../../ids.ts';
import type { ComplianceCase } from './subject.ts';
import { containerId, failsWith, process, reaches, started } from './subject.ts';

/** What processes end with, and what they write. */
export const processCases: readonly ComplianceCase[] = [
  {
    name: 'run gives the status, and what was written to stdout and stderr',
    check: async (subject) => {
      const bundle = await subject.bundle(['/bin/sh', '-c', 'echo out; echo err >&2; exit 7']);
      const result = await subject.runtime.run(containerId, { bundle });
      assert.deepEqual(result, { exitStatus: 7, stdout: 'out\n', stderr: 'err\n' });
    },
  },
  {
    name: 'the status of a process that a signal ended is 128 and the signal',
    check: async (subject) => {
      await started(subject);
      const end = process('/bin/sh', '-c', 'kill -9 $$');
      assert.equal((await subject.runtime.exec(containerId, { process: end })).exitStatus, 137);
    },
  },
  {
    name: 'a process can open /dev/stdout again',
    check: async (subject) => {
      await started(subject);
      const again = process('/bin/sh', '-c', 'echo again >/dev/stdout');
      const { stdout } = await subject.runtime.exec(containerId, { process: again });
      assert.equal(stdout, 'again\n');
    },
  },
  {
    name: 'a process has the descriptors that it was given',
    check: async (subject) => {
      const path = (name: string) => join(subject.folder, name);
      await using stdout = await open(path('stdout'), 'w');
      await using stderr = await open(path('stderr'), 'w');
      await started(subject);
      const stdio = { stdin: null, stdout: parseFd(stdout.fd), stderr: parseFd(stderr.fd) };
      const write = process('/bin/sh', '-c', 'echo one; echo two >&2');
      const result = await subject.runtime.exec(containerId, { process: write, stdio });
      assert.deepEqual(result, { exitStatus: 0, stdout: '', stderr: '' });
      assert.equal(await readFile(path('stdout'), 'utf8'), 'one\n');
      assert.equal(await readFile(path('stderr'), 'utf8'), 'two\n');
    },
  },
  {
    name: 'status 128 of a process is a status, not a failure',
    check: async (subject) => {
      await started(subject);
      const { exitStatus } = await subject.runtime.exec(containerId, { process: process('/bin/sh', '-c', 'exit 128') });
      assert.equal(exitStatus, 128);
    },
  },
  {
    name: 'a program that does not exist is a failure, with what the runtime says',
    check: async (subject) => {
      await started(subject);
      const call = subject.runtime.exec(containerId, { process: process('no-such-program') });
      const error = await failsWith('invalid_argument', call);
      assert.ok(RuntimeCommandError.is(error));
      assert.match(error.runtimeMessage ?? '', /no-such-program/);
    },
  },
  {
    name: 'a detached process runs on, and its pid is in the file',
    check: async (subject) => {
      await started(subject);
      const pidFile = join(subject.folder, 'exec.pid');
      const options = { process: process('sleep', '1000'), detach: true, pidFile };
      assert.equal((await subject.runtime.exec(containerId, options)).exitStatus, 0);
      assert.ok(Number(await readFile(pidFile, 'utf8')) > 1);
      assert.equal((await subject.runtime.ps(containerId)).length, 2);
    },
  },
  {
    name: 'an exec in a container that has ended is refused',
    check: async (subject) => {
      await started(subject);
      await subject.runtime.kill(containerId, 9);
      await reaches(subject, 'stopped');
      const call = subject.runtime.exec(containerId, { process: process('true') });
      await failsWith('failed_precondition', call);
    },
  },
  {
    name: 'wait gives the status of what ends after it was asked, or answers unimplemented',
    check: async (subject) => {
      await started(subject, ['/bin/sh', '-c', 'sleep 3; exit 5']);
      const answer = await subject.runtime.wait(containerId).then(
        ({ exitStatus }) => exitStatus,
        (error: unknown) => error,
      );
      if (typeof answer === 'number') assert.equal(answer, 5);
      else await failsWith('unimplemented', Promise.reject(answer));
    },
  },
];
