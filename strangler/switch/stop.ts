// switch stop: ends a capability's replication, and says what it could not remove.
import { SetupError } from '#platform/setup-error.ts';
import type { Replica } from '../ownership/replica.ts';
import { stop, type StopOptions, type Stopped } from '../ownership/stop.ts';
import { defaultPlan } from '../plans/plan.ts';
import { withDatabase } from './known-plans.ts';
import { withPlanLock } from './plan-lock.ts';
import { readPlan, type StoredPlan } from './plan-store.ts';
import type { Output } from './replicate.ts';

/** Above what a change of the plan takes. */
const LOCK_DEADLINE_MS = 15_000;

/**
 * @param plansUrl of the switch's database, as an administrator; undefined where there is none, and so no plan.
 * @returns whether nothing is left.
 */
export async function runStop(
  replica: Replica,
  plansUrl: string | undefined,
  options: StopOptions,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<boolean> {
  const result = await (plansUrl === undefined
    ? stop(replica, options)
    : stopWhileUnused(replica, plansUrl, options));
  const { capability, removed, left } = result;
  if (json) {
    print(JSON.stringify(result));
    return left.length === 0;
  }
  for (const what of removed) print(`removed ${what}`);
  for (const { side, reason, sql } of left)
    print(
      `left at the ${side}, for ${reason}; if it is gone for good, that is all; else, or by hand there:\n${sql}`,
    );
  if (left.length === 0)
    print(`${capability} is not replicated${removed.length === 0 ? ', and was not before' : ' any more'}`);
  return left.length === 0;
}

/**
 * From the database and not from the switch, which may be dead; and under a lock, since the plan must not change while
 * what it relies on is taken away.
 */
const stopWhileUnused = (replica: Replica, plansUrl: string, options: StopOptions): Promise<Stopped> =>
  withDatabase(plansUrl, async (query) => {
    const { capability } = replica;
    const locked = await withPlanLock(capability, query, LOCK_DEADLINE_MS, async () => {
      refuseWhereUsed((await readPlan(query, capability)) ?? defaultPlan(capability));
      return stop(replica, options);
    });
    if (locked === undefined)
      throw new SetupError(`somebody changes the plan of ${capability} just now: run this again`);
    return locked.result;
  });

/** @throws {SetupError} with the commands that let go of the service first. */
function refuseWhereUsed({ capability, reads }: StoredPlan): void {
  const { servicePercent, shadowPercent } = reads;
  const first = [
    ...(servicePercent > 0 ? [`npm run switch -- reads ${capability} 0`] : []),
    ...(shadowPercent > 0 ? [`npm run switch -- shadow ${capability} 0`] : []),
  ];
  if (first.length === 0) return;
  throw new SetupError(
    `the service of ${capability} is in use, ${servicePercent} % of reads and ${shadowPercent} % shadowed: ` +
      `${first.join(' and ')} first`,
  );
}
