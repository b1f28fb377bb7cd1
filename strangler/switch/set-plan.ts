// Changes a plan: only the one that the caller has seen, and never towards a service that does not have the data.
import { notFound, ShopError } from '#platform/errors.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { Replica } from '../ownership/replica.ts';
import { defaultPlan, type Plan, type Reads } from '../plans/plan.ts';
import type { PlanBoard } from './board.ts';
import type { Query, SwitchDatabase } from './database.ts';
import { withPlanLock } from './plan-lock.ts';
import { readPlan, writePlan } from './plan-store.ts';
import { whyNotReady } from './readiness.ts';

export interface PlanChange {
  readonly capability: string;
  /** What is left out stays as it is. */
  readonly reads: { readonly [K in keyof Reads]?: Reads[K] | undefined };
  /** Of the plan that the caller has seen. */
  readonly version: number;
  readonly who: string;
  readonly verb: string;
}

/** Above what another change takes; the stop of a replication may take longer. */
const LOCK_DEADLINE_MS = 5_000;

/** @throws {ShopError} `not_found`, `version_mismatch`, `not_ready`, `busy`: nothing was done then. */
export async function setPlan(
  change: PlanChange,
  database: SwitchDatabase,
  board: PlanBoard,
  replicas: readonly Replica[],
): Promise<Plan> {
  const { capability, reads } = change;
  const replica = replicas.find((each) => each.capability === capability);
  if (replica === undefined) throw notFound('capability', capability);

  const plan = await database.inSession(async (query) => {
    // Back to the monolith it goes at any time, whatever is broken.
    if (!(Number(reads.servicePercent) > 0) && !(Number(reads.shadowPercent) > 0))
      return compareAndSet(query, change, board);
    const locked = await withPlanLock(capability, query, LOCK_DEADLINE_MS, async () => {
      await requireReady(replica);
      return compareAndSet(query, change, board);
    });
    if (locked === undefined) throw busy(capability);
    return locked.result;
  });
  board.store([plan]);
  return plan;
}

async function requireReady(replica: Replica): Promise<void> {
  const reason = await whyNotReady(replica).catch((error: unknown) => {
    if (error instanceof SetupError) return error.message;
    throw error;
  });
  if (reason !== undefined) throw new ShopError('conflict', 'not_ready', reason);
}

async function compareAndSet(query: Query, change: PlanChange, board: PlanBoard): Promise<Plan> {
  const { capability, reads, version, who, verb } = change;
  const before = board.complete((await readPlan(query, capability)) ?? defaultPlan(capability));
  if (before.version !== version) throw versionMismatch(before);
  const wanted: Reads = {
    servicePercent: reads.servicePercent ?? before.reads.servicePercent,
    shadowPercent: reads.shadowPercent ?? before.reads.shadowPercent,
  };
  if (JSON.stringify(wanted) === JSON.stringify(before.reads)) return before;
  const after = board.complete({ capability, reads: wanted, version: version + 1 });
  if (await writePlan(query, { before, after, who, verb })) return after;
  throw versionMismatch(board.complete((await readPlan(query, capability)) ?? before));
}

const busy = (capability: string) =>
  new ShopError(
    'conflict',
    'busy',
    `Another command changes the replication of ${capability} just now: wait for it, then run this again.`,
  );

function versionMismatch({ capability, reads, version }: Plan): ShopError {
  const { servicePercent, shadowPercent } = reads;
  return new ShopError(
    'precondition_failed',
    'version_mismatch',
    `Somebody else has changed the plan of ${capability} meanwhile: it is version ${version} by now, ` +
      `${servicePercent} % of reads at the service, ${shadowPercent} % shadowed. Look, and decide again: npm run switch -- status ${capability}`,
    { extra: { version, servicePercent, shadowPercent } },
  );
}
