import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteResponse } from '../api/gen/containerd/task/v3/task.ts';

/** The launchers know this name too. */
export const deletedAnswerFile = 'sandshim.deleted';

/**
 * Leaves the answer to a `delete` action in a bundle whose container is gone already. containerd runs that action after
 * each shim that has ended, also in good order; the launcher can give this answer without a boot of Node.
 */
export function leaveAnswer(bundle: string, answer: DeleteResponse): void {
  try {
    writeFileSync(join(bundle, deletedAnswerFile), DeleteResponse.encode(answer).finish(), { mode: 0o600 });
  } catch {
    // The bundle is gone too; the action will find nothing to do.
  }
}
