import type { ErrorCode } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';

/**
 * What an operation meets in a state:
 * - `allowed`: do it; success leads to `next`;
 * - `already`: nothing to do, answer as if it were done;
 * - `refused`: answer with `code` and `text`.
 */
export type Cell<Status extends string> =
  | { readonly is: 'allowed'; readonly next: Status }
  | { readonly is: 'already'; readonly next: Status }
  | { readonly is: 'refused'; readonly code: ErrorCode; readonly text: string };

/** A total transition table: an answer for every operation in every state. */
export type StateTable<Status extends string, Operation extends string> = Readonly<
  Record<Status, Readonly<Record<Operation, Cell<Status>>>>
>;

export function allowed<const Status extends string>(next: Status) {
  return { is: 'allowed', next } as const;
}

export function already<const Status extends string>(next: Status) {
  return { is: 'already', next } as const;
}

/** The reference shims send a plain error, which containerd sees as `unknown`, unless it is of another class. */
export function refused(text: string, code: ErrorCode = 'unknown') {
  return { is: 'refused', code, text } as const;
}

/** The cell's next state. @throws SandshimError with the cell's code and text if the operation is refused */
export function nextOf<Status extends string>(cell: Cell<Status>): Status {
  if (cell.is === 'refused') throw new SandshimError(cell.code, cell.text);
  return cell.next;
}
