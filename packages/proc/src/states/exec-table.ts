import { allowed, already, refused, type StateTable } from './table.ts';

export type ExecStatus = 'created' | 'running' | 'stopped' | 'deleted';

/** What is asked of an exec, and what happens to it: `startFailed`, `exited`. */
export type ExecOperation = 'start' | 'startFailed' | 'kill' | 'resize' | 'delete' | 'exited';

export type ExecTable = StateTable<ExecStatus, ExecOperation>;

/** Of an exec, for both runtimes. */
export const execTable = {
  created: {
    start: allowed('running'),
    startFailed: allowed('stopped'),
    kill: refused('process not created', 'failed_precondition'),
    resize: allowed('created'),
    delete: allowed('deleted'),
    exited: allowed('stopped'),
  },
  running: {
    start: refused('cannot start a running process'),
    startFailed: refused('the process is not being started', 'internal'),
    kill: allowed('running'),
    resize: allowed('running'),
    delete: refused('cannot delete a running process'),
    exited: allowed('stopped'),
  },
  stopped: {
    start: refused('cannot start a stopped process'),
    startFailed: already('stopped'),
    kill: refused('process already finished', 'not_found'),
    resize: refused('cannot resize a stopped container'),
    delete: allowed('deleted'),
    exited: already('stopped'),
  },
  deleted: {
    start: refused('cannot start a deleted process'),
    startFailed: already('deleted'),
    kill: refused('cannot kill a deleted process', 'not_found'),
    resize: refused('cannot resize a deleted container'),
    delete: refused('cannot delete a deleted process', 'not_found'),
    exited: already('deleted'),
  },
} as const satisfies ExecTable;
