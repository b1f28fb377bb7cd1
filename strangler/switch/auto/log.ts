// What a run that goes by itself keeps in the audit log: a gate that has failed, and that everything is back.
import { newId } from '#platform/ids.ts';
import { withDatabase } from '../known-plans.ts';
import { readAudit, writeStep } from '../plan-store.ts';

const VERB = 'auto';
const FAILED = 'failed';
const BACK = 'back';
/** Plans may change, and ownership may move, after it has failed and before it is back; by hand, not more often than so. */
const LOOKED_AT = 100;

export interface AutoLog {
  readonly keepFailure: (reason: string) => Promise<void>;
  readonly keptFailure: () => Promise<string | null>;
  readonly forgetFailure: () => Promise<void>;
}

/** @param plansUrl of the switch's database, as an administrator. */
export function openAutoLog(plansUrl: string, capability: string, who: string): AutoLog {
  const note = (step: string, reason?: string) =>
    withDatabase(plansUrl, async (query) => {
      const noted = { capability, step, durationMs: 0, before: null, after: null };
      await writeStep(query, {
        ...{ id: newId(), who, verb: VERB },
        step: { ...noted, ...(reason !== undefined && { reason }) },
      });
    });
  return {
    keepFailure: (reason) => note(FAILED, reason),
    forgetFailure: () => note(BACK, 'everything is at the monolith again'),
    keptFailure: () =>
      withDatabase(plansUrl, async (query) => {
        const entries = await readAudit(query, capability, LOOKED_AT, undefined);
        const last = entries.find(({ verb }) => verb === VERB);
        if (last === undefined || !('step' in last) || last.step.step !== FAILED) return null;
        return last.step.reason ?? 'a gate has failed';
      }),
  };
}
