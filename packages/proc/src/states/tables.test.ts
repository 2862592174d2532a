import { describe, expect, it } from 'vitest';
import { execTable } from './exec-table.ts';
import { initTableOf } from './init-table.ts';
import { nextOf } from './table.ts';

describe.each(['runsc', 'runc'] as const)('an init process below %s', (runtime) => {
  const table = initTableOf(runtime);

  it('never leaves stopped but for deleted, and deleted for nothing', () => {
    const reached = (status: 'stopped' | 'deleted') =>
      new Set(Object.values(table[status]).flatMap((cell) => (cell.is === 'refused' ? [] : [cell.next])));
    expect([...reached('stopped')].toSorted()).toEqual(['deleted', 'stopped']);
    expect([...reached('deleted')]).toEqual(['deleted']);
  });

  it('is only deleted when it does not run', () => {
    for (const status of ['running', 'pausing', 'paused'] as const) {
      expect(() => nextOf(table[status].delete)).toThrow(`cannot delete a ${status} process`);
    }
    expect(nextOf(table.created.delete)).toBe('deleted');
    expect(nextOf(table.stopped.delete)).toBe('deleted');
  });

  it('may end in every state', () => {
    for (const row of Object.values(table)) expect(row.exited.is).not.toBe('refused');
  });

  it('answers in the words of the reference shims', () => {
    const text = (cell: { readonly is: string; readonly text?: string }) => cell.text;
    expect(text(table.running.start)).toBe('cannot start a running process');
    expect(text(table.created.pause)).toBe('cannot pause task in created state');
    expect(text(table.stopped.update)).toBe('cannot update a stopped container');
    expect(text(table.stopped.exec)).toBe('cannot exec in a stopped state');
    expect(table.deleted.delete).toMatchObject({ code: 'not_found', text: 'cannot delete a deleted process' });
  });
});

describe('a stopped init process', () => {
  it('accepts SIGKILL and refuses SIGHUP below runsc', () => {
    expect(initTableOf('runsc').stopped.end).toEqual({ is: 'already', next: 'stopped' });
    expect(initTableOf('runsc').stopped.kill).toMatchObject({ is: 'refused', code: 'not_found' });
  });

  it('has already finished for both below runc', () => {
    expect(initTableOf('runc').stopped.end).toMatchObject({ code: 'not_found', text: 'process already finished' });
  });
});

describe('an exec', () => {
  it('that was not started cannot be killed, but deleted', () => {
    expect(execTable.created.kill).toMatchObject({ code: 'failed_precondition', text: 'process not created' });
    expect(nextOf(execTable.created.delete)).toBe('deleted');
  });
});
