import { allowed, already, refused, type StateTable } from './table.ts';

export type InitStatus = 'created' | 'createdCheckpoint' | 'running' | 'pausing' | 'paused' | 'stopped' | 'deleted';

/**
 * What is asked of an init process (`end` is a kill with SIGTERM or SIGKILL, `kill` one with any other signal), and what
 * happens to it: `exited`, `pauseFailed`, and `startFailed`, which is fatal for a container in another's sandbox alone.
 */
export type InitOperation =
  | 'start'
  | 'startFailed'
  | 'pause'
  | 'pauseDone'
  | 'pauseFailed'
  | 'resume'
  | 'exec'
  | 'kill'
  | 'end'
  | 'update'
  | 'checkpoint'
  | 'resize'
  | 'delete'
  | 'exited';

export type InitTable = StateTable<InitStatus, InitOperation>;

const notPausing = refused('the process is not being paused', 'internal');
const notStarting = refused('the process is not being started', 'internal');
const finished = refused('process already finished', 'not_found');

/** runc's, as containerd-shim-runc-v2 answers. */
export const runcInitTable = {
  created: {
    start: allowed('running'),
    startFailed: allowed('created'),
    pause: refused('cannot pause task in created state'),
    pauseDone: notPausing,
    pauseFailed: notPausing,
    resume: refused('cannot resume task in created state'),
    exec: allowed('created'),
    kill: allowed('created'),
    end: allowed('created'),
    update: allowed('created'),
    checkpoint: refused('cannot checkpoint a task in created state'),
    resize: allowed('created'),
    delete: allowed('deleted'),
    exited: allowed('stopped'),
  },
  createdCheckpoint: {
    start: allowed('running'),
    startFailed: allowed('createdCheckpoint'),
    pause: refused('cannot pause task in created state'),
    pauseDone: notPausing,
    pauseFailed: notPausing,
    resume: refused('cannot resume task in created state'),
    exec: refused('cannot exec in a created state'),
    kill: finished,
    end: allowed('stopped'),
    update: refused('cannot update task in created state'),
    checkpoint: refused('cannot checkpoint a task in created state'),
    resize: allowed('createdCheckpoint'),
    delete: allowed('deleted'),
    exited: allowed('stopped'),
  },
  running: {
    start: refused('cannot start a running process'),
    startFailed: notStarting,
    pause: allowed('pausing'),
    pauseDone: notPausing,
    pauseFailed: notPausing,
    resume: refused('cannot resume a running process'),
    exec: allowed('running'),
    kill: allowed('running'),
    end: allowed('running'),
    update: allowed('running'),
    checkpoint: allowed('running'),
    resize: allowed('running'),
    delete: refused('cannot delete a running process'),
    exited: allowed('stopped'),
  },
  pausing: {
    start: refused('cannot start a pausing process'),
    startFailed: notStarting,
    pause: refused('cannot pause a pausing container'),
    pauseDone: allowed('paused'),
    pauseFailed: allowed('running'),
    resume: refused('cannot resume a pausing container'),
    exec: refused('cannot exec in a pausing state'),
    kill: allowed('pausing'),
    end: allowed('pausing'),
    update: allowed('pausing'),
    checkpoint: refused('cannot checkpoint a pausing container'),
    resize: allowed('pausing'),
    delete: refused('cannot delete a pausing process'),
    exited: allowed('stopped'),
  },
  paused: {
    start: refused('cannot start a paused process'),
    startFailed: notStarting,
    pause: refused('cannot pause a paused container'),
    pauseDone: notPausing,
    pauseFailed: notPausing,
    resume: allowed('running'),
    exec: refused('cannot exec in a paused state'),
    kill: allowed('paused'),
    end: allowed('paused'),
    update: allowed('paused'),
    checkpoint: allowed('paused'),
    resize: allowed('paused'),
    delete: refused('cannot delete a paused process'),
    exited: allowed('stopped'),
  },
  stopped: {
    start: refused('cannot start a stopped process'),
    startFailed: already('stopped'),
    pause: refused('cannot pause a stopped container'),
    pauseDone: already('stopped'),
    pauseFailed: already('stopped'),
    resume: refused('cannot resume a stopped container'),
    exec: refused('cannot exec in a stopped state'),
    kill: finished,
    end: finished,
    update: refused('cannot update a stopped container'),
    checkpoint: refused('cannot checkpoint a stopped container'),
    resize: refused('cannot resize a stopped container'),
    delete: allowed('deleted'),
    exited: already('stopped'),
  },
  deleted: {
    start: refused('cannot start a deleted process'),
    startFailed: already('deleted'),
    pause: refused('cannot pause a deleted process'),
    pauseDone: already('deleted'),
    pauseFailed: already('deleted'),
    resume: refused('cannot resume a deleted process'),
    exec: refused('cannot exec in a deleted state'),
    kill: refused('cannot kill a deleted process', 'not_found'),
    end: refused('cannot kill a deleted process', 'not_found'),
    update: refused('cannot update a deleted process'),
    checkpoint: refused('cannot checkpoint a deleted process'),
    resize: refused('cannot resize a deleted container'),
    delete: refused('cannot delete a deleted process', 'not_found'),
    exited: already('deleted'),
  },
} as const satisfies InitTable;

/**
 * runsc's: where gVisor's shim and runsc itself differ. A stopped process accepts SIGTERM and SIGKILL; a created one
 * takes only those, since runsc delivers no signal to it; a container in a pod's sandbox cannot be started twice.
 */
export const runscInitTable = {
  ...runcInitTable,
  created: {
    ...runcInitTable.created,
    startFailed: allowed('stopped'),
    kill: refused('cannot signal a created process', 'failed_precondition'),
    end: allowed('created'),
    update: allowed('created'),
  },
  stopped: { ...runcInitTable.stopped, kill: refused('no such process', 'not_found'), end: already('stopped') },
  deleted: { ...runcInitTable.deleted, end: already('deleted') },
} as const satisfies InitTable;

/** The table of an init process below the runtime of that name. */
export function initTableOf(runtime: 'runsc' | 'runc'): InitTable {
  return runtime === 'runsc' ? runscInitTable : runcInitTable;
}
