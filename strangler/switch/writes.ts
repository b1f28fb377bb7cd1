// switch writes: gives the right to write to one side, step by step; run again after whatever became of the one before, it
// gets there or goes back.
import { SetupError } from '#platform/setup-error.ts';
import {
  abortMove,
  moveOwnership,
  NotReady,
  type Audit,
  type Moved,
  type MoveOptions,
} from '../ownership/move-ownership.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { Replica, Side } from '../ownership/replica.ts';
import { formatStep } from './audit.ts';
import { whoAmI } from './client.ts';
import { openMoveLog, type MoveLog } from './move-log.ts';
import { withPlanLock } from './plan-lock.ts';
import type { Step } from './plan-store.ts';
import type { Output } from './replicate.ts';

/** Above what a change of the plan, or another move, takes. */
const LOCK_DEADLINE_MS = 15_000;

export interface WritesOptions
  extends
    Pick<Output, 'json' | 'print' | 'signal'>,
    Pick<MoveOptions, 'drainDeadlineMs' | 'holdDeadlineMs' | 'bounds'> {}

/**
 * @param plansUrl of the switch's database, as an administrator; undefined where there is none: then the steps are told
 * here, and nowhere else.
 * @throws {SetupError} where it did not get there; the right is then where it was, or a second run goes on.
 */
export async function runWrites(
  replica: Replica,
  target: Side,
  plansUrl: string | undefined,
  { json, print, ...settings }: WritesOptions,
): Promise<void> {
  const { capability } = replica;
  const steps: Step[] = [];
  const log = await openMoveLog(plansUrl, whoAmI());
  const tell = (step: Step) => {
    log.note(step);
    steps.push(step);
    if (!json) print(`  ${formatStep(step)}`);
  };
  const audit: Audit = (step, durationMs, rows) => tell({ capability, step, durationMs, ...rows });

  try {
    const result = await give(replica, target, log, { audit, ...settings });
    const lost = await log.close();
    if (json) return print(JSON.stringify({ ...result, steps, auditProblem: lost ?? null }));
    print(formatMoved(result, steps));
    if (lost !== undefined) print(`! ${lost}`);
  } catch (error) {
    const last = steps.at(-1)?.after ?? null;
    // What was refused before anything was looked at, was no move.
    if (last !== null || error instanceof NotReady) log.note(failure(capability, error as Error, last));
    const lost = await log.close();
    if (lost !== undefined && !json) print(`! ${lost}`);
    throw error;
  }
}

async function give(
  replica: Replica,
  target: Side,
  log: MoveLog,
  options: MoveOptions & { readonly audit: Audit },
): Promise<Moved> {
  let taken: Ownership | undefined;
  // Before any lock: whoever holds one may be the one that hangs with everybody's writes.
  await abortMove(replica, target, {
    audit: (step, ms, rows) => {
      taken = rows.after;
      return options.audit(step, ms, rows);
    },
  });
  if (taken !== undefined) {
    const { owner, epoch, attempt } = taken;
    return { capability: replica.capability, owner, epoch, attempt, moved: false, gapMs: 0 };
  }
  const move = () => moveOwnership(replica, target, options);
  // Nobody can change a plan, nor end the replication, without that database either; and the way back may not need it.
  if (log.query === undefined) return move();
  const locked = await withPlanLock(replica.capability, log.query, LOCK_DEADLINE_MS, move);
  if (locked !== undefined) return locked.result;
  throw new SetupError(
    `another command changes the plan, the replication or the owner of ${replica.capability} just now: wait for it, or end it, then run this again`,
  );
}

const failure = (capability: string, { message }: Error, right: Ownership | null): Step => ({
  ...{ capability, step: 'failed', durationMs: 0, before: right, after: right },
  reason: message.split('\n').join('; '),
});

/** `catalog: service owns, epoch 2, attempt 1; nobody could write for 27 ms`. */
function formatMoved(
  { capability, owner, epoch, attempt, moved, gapMs }: Moved,
  steps: readonly Step[],
): string {
  const owns = `${capability}: ${owner} owns, epoch ${epoch}, attempt ${attempt}`;
  const [first] = steps;
  if (moved) return `${owns}; nobody could write for ${gapMs.toFixed(0)} ms`;
  if (first === undefined) return `${owns}, as before`;
  return `${owns}; ${first.step === 'abort' ? 'what was drained is taken back' : 'what was granted has arrived'}`;
}
