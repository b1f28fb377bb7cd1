// Moves the right to write from one side to the other under traffic, and takes it back where it cannot be moved. It keeps
// nothing: killed anywhere and run again, it reads in the two rows how far it had come, and goes on or begins again.
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { withLock } from './lock.ts';
import {
  abortDrained,
  activate,
  checkFirst,
  confirm,
  DEFAULTS,
  drainSource,
  grantTarget,
  outrun,
  refuseInterrupted,
  type MoveOptions,
  type MoveStep,
  type Settings,
  type Sides,
} from './move-steps.ts';
import { newestOf, readOwnership, type Ownership } from './ownership.ts';
import { BOUNDS, preflight, type Bounds, type Check } from './preflight.ts';
import { otherSide, type Replica, type Side } from './replica.ts';
import { setOwnership } from './set-ownership.ts';
import { openSide, withSides, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { abort } from './transitions.ts';

export { NotReady, type Audit, type MoveOptions, type MoveStep } from './move-steps.ts';

export interface Moved {
  readonly capability: string;
  readonly owner: Side;
  readonly epoch: number;
  readonly attempt: number;
  /** False where it was there already, also where only its drain towards the other side was taken back. */
  readonly moved: boolean;
  /** For how long nobody could write, in milliseconds, as far as this run has seen it. */
  readonly gapMs: number;
}

/**
 * @returns when the target owns and shows it.
 * @throws {NotReady} before anything was changed.
 * @throws {SetupError} where it was aborted, or where the target does not take what was granted: run it again.
 */
export async function moveOwnership(
  replica: Replica,
  target: Side,
  options: MoveOptions = {},
): Promise<Moved> {
  const settings = { ...DEFAULTS, ...options };
  return withSides(replica, (sides) =>
    withLock([sides.monolith, sides.service], () => move(replica, sides, target, settings)),
  );
}

/** Who owns, by what both sides have. @throws {SetupError} where nothing is replicated. */
export const readRight = (replica: Replica): Promise<Ownership> =>
  withSides(replica, (sides) => readNewest(replica, sides));

/** The same checks as a move begins with, and nothing else. */
export async function planMove(
  replica: Replica,
  target: Side,
  bounds: Bounds = BOUNDS,
): Promise<readonly Check[]> {
  return withSides(
    replica,
    async (sides) => (await preflight(replica, sides, otherSide(target), bounds)).checks,
  );
}

/**
 * Gives the right back to a side that was drained, whatever the other side does, and beside a move that hangs.
 * @returns false where nothing was drained.
 */
export async function abortMove(
  replica: Replica,
  source: Side,
  { audit = DEFAULTS.audit }: Pick<MoveOptions, 'audit'> = {},
): Promise<boolean> {
  const side = await openSide(replica, source);
  try {
    const begin = performance.now();
    const row = await readOwnership(replica, side);
    const next = row?.owner === source ? abort(row) : undefined;
    if (row === undefined || next === undefined) return false;
    if (!(await setOwnership(replica, side, row, next))) return false;
    await audit('abort', performance.now() - begin, { before: row, after: next });
    return true;
  } finally {
    await side.close();
  }
}

async function move(replica: Replica, sides: Sides, target: Side, settings: Settings): Promise<Moved> {
  const source = otherSide(target);
  const newest = await readNewest(replica, sides);
  if (newest.owner === target) {
    const held = await takeBack(replica, sides[target], newest, settings);
    return arrive(replica, sides[target], held, settings);
  }
  // What was granted to the source before may not have come there yet.
  await arrive(replica, sides[source], newest, settings);
  await failpoint('move.begin');

  // Before the right goes, everybody who may have to follow it can read where it is.
  for (const side of [sides.monolith, sides.service])
    await side.query(sql('tell-owner', { schema: replica.schema }));
  // A drain that somebody else has left: all rows were compared before it, but what the target had applied by then need
  // not have stayed there. PostgreSQL does not send everything again that a crash has taken away. Within one run no
  // crash goes unnoticed, since it ends the run's own session there.
  const active = await takeBack(replica, sides[source], newest, settings);
  let fingerprint = '';
  await timed(settings, 'preflight', active, async () => {
    fingerprint = await checkFirst(replica, sides, source, settings);
    return active;
  });
  await failpoint('move.checked');
  refuseInterrupted(settings);
  const drained = await timed(settings, 'drain', active, () =>
    drainSource(replica, sides[source], active, target, settings),
  );
  const begin = performance.now();
  try {
    await failpoint('move.drained');
    await timed(settings, 'confirm', drained, async () => {
      await confirm(replica, sides, drained, begin, fingerprint, settings);
      return drained;
    });
    await failpoint('move.confirmed');
  } catch (error) {
    const taken = performance.now();
    const after = await abortDrained(replica, sides[source], drained, error);
    if (after !== undefined)
      await settings.audit('abort', performance.now() - taken, { before: drained, after });
    throw error;
  }
  const granted = await timed(settings, 'grant', drained, () => grantTarget(replica, sides[source], drained));
  await failpoint('move.granted');
  let gapMs = 0;
  const onShown = () => void (gapMs = performance.now() - begin);
  await timed(settings, 'activate', granted, () =>
    activate(replica, sides[target], granted, settings, onShown),
  );
  await failpoint('move.activated');
  return moved(replica, granted, true, gapMs);
}

async function timed(
  { audit }: Settings,
  step: MoveStep,
  before: Ownership,
  work: () => Promise<Ownership>,
): Promise<Ownership> {
  const begin = performance.now();
  const after = await work();
  await audit(step, performance.now() - begin, { before, after });
  return after;
}

/** Whoever died in the middle of a move away from here has left it drained. */
async function takeBack(
  replica: Replica,
  owner: SideDatabase,
  row: Ownership,
  settings: Settings,
): Promise<Ownership> {
  const next = abort(row);
  if (next === undefined) return row;
  return timed(settings, 'abort', row, async () => {
    if (!(await setOwnership(replica, owner, row, next))) throw outrun(replica);
    return next;
  });
}

/** Where the right was on its way to a side, it is waited for there. */
async function arrive(
  replica: Replica,
  side: SideDatabase,
  row: Ownership,
  settings: Settings,
): Promise<Moved> {
  const shown = await readOwnership(replica, side);
  const work = () => activate(replica, side, row, settings);
  // Where it is shown already, it still has to be on disk.
  await (shown === undefined || shown.epoch < row.epoch ? timed(settings, 'activate', row, work) : work());
  return moved(replica, row, false, 0);
}

const moved = (
  { capability }: Replica,
  { owner, epoch, attempt }: Ownership,
  hasMoved: boolean,
  gapMs: number,
): Moved => ({ capability, owner, epoch, attempt, moved: hasMoved, gapMs });

async function readNewest(replica: Replica, { monolith, service }: Sides): Promise<Ownership> {
  const newest = newestOf(await readOwnership(replica, monolith), await readOwnership(replica, service));
  if (newest === undefined)
    throw new SetupError(
      `${replica.capability} is not replicated: npm run switch -- replicate ${replica.capability}`,
    );
  return newest;
}
