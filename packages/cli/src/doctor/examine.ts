import type { Check, DoctorContext, Finding } from './check.ts';

/** What one check came to. */
export interface Examined {
  readonly id: string;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** Runs the checks, all at once; the answer keeps their order. A check that throws is a failed finding of its own. */
export async function examine(checks: readonly Check[], context: DoctorContext): Promise<readonly Examined[]> {
  return await Promise.all(
    checks.map(async ({ id, title, probe }): Promise<Examined> => {
      try {
        return { id, title, findings: await probe(context) };
      } catch (error) {
        const detail = `could not be checked: ${error instanceof Error ? error.message : String(error)}`;
        return { id, title, findings: [{ verdict: 'fail', detail, advice: `sandshim doctor --debug --only ${id}` }] };
      }
    }),
  );
}

/** Applies every fix there is and says what was mended; a fix that fails is told and does not stop the others. */
export async function mend(examined: readonly Examined[]): Promise<readonly { detail: string; error?: unknown }[]> {
  const mended: { detail: string; error?: unknown }[] = [];
  for (const finding of examined.flatMap(({ findings }) => findings)) {
    if (finding.verdict === 'ok' || finding.fix === undefined) continue;
    try {
      await finding.fix();
      mended.push({ detail: finding.detail });
    } catch (error) {
      mended.push({ detail: finding.detail, error });
    }
  }
  return mended;
}
