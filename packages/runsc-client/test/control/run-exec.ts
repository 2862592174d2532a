import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContainerId, type OciProcess, parseFd, type Runtime, SandshimError } from '@sandshim/runsc-client';

/** What came of an exec: its status and output, or the code and message of its failure. */
export type ExecOutcome =
  | { readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly code: string; readonly message: string };

/** Runs a process attached, with files for its stdio. */
export async function runExec(runtime: Runtime, id: ContainerId, process: OciProcess): Promise<ExecOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'exec-'));
  const files = await Promise.all(['stdin', 'stdout', 'stderr'].map((name) => open(join(folder, name), 'w+')));
  const [stdin = null, stdout = null, stderr = null] = files.map(({ fd }) => parseFd(fd));
  try {
    const { exitStatus } = await runtime.exec(id, { process, stdio: { stdin, stdout, stderr } });
    const [out, error] = await Promise.all(['stdout', 'stderr'].map((name) => readFile(join(folder, name), 'utf8')));
    return { status: exitStatus, stdout: out ?? '', stderr: error ?? '' };
  } catch (error) {
    const { code, message } = SandshimError.from(error);
    return { code, message };
  } finally {
    for (const file of files) await file.close();
    await rm(folder, { recursive: true });
  }
}
