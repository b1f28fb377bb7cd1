// Moves the right to write from one side to the other under traffic, and takes it back where it cannot be moved. It keeps
// nothing: killed anywhere and run again, it reads in the two rows how far it had come, and goes on or goes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { beatText } from './heartbeats.ts';
import { withLock } from './lock.ts';
import { readOwnership, type Ownership } from './ownership.ts';
import { BOUNDS, checkStreams, preflight, type Bounds, type Check } from './preflight.ts';
import { otherSide, type Replica, type Side } from './replica.ts';
import { setOwnership, setOwnershipBehindWriters } from './set-ownership.ts';
import { openSide, withSides, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { abort, drain, grant, isConfirmed } from './transitions.ts';

export type MoveStep = 'preflight' | 'drain' | 'confirm' | 'grant' | 'activate' | 'abort';

export interface MoveOptions {
  /** Told of each step when it is done, and how long it took. */
  readonly audit?: (step: MoveStep, durationMs: number) => void | Promise<void>;
  readonly bounds?: Bounds;
  /** How long writers are waited for in all, in milliseconds; each try holds up the others for `lockTimeoutMs`. */
  readonly drainDeadlineMs?: number;
  readonly lockTimeoutMs?: number;
  /** How long nobody may write: then it is aborted. Below the time for which the gateway holds its callers. */
  readonly holdDeadlineMs?: number;
  /** How long the target is waited for once the right is granted; there is no way back from there. */
  readonly activationDeadlineMs?: number;
}

export interface Moved {
  readonly capability: string;
  readonly owner: Side;
  readonly epoch: number;
  readonly attempt: number;
  /** False where it was there already. */
  readonly moved: boolean;
  /** For how long nobody could write, in milliseconds, as far as this run has seen it. */
  readonly gapMs: number;
}

type Sides = Readonly<Record<Side, SideDatabase>>;
type Settings = Required<MoveOptions>;

const DEFAULTS: Settings = {
  audit: () => undefined,
  bounds: BOUNDS,
  drainDeadlineMs: 10_000,
  lockTimeoutMs: 100,
  holdDeadlineMs: 1_500,
  activationDeadlineMs: 30_000,
};
const POLL_MS = 2;

/** What the preflight has found; its message has one line for each check that does not hold. */
export class NotReady extends SetupError {
  readonly checks: readonly Check[];
  constructor(capability: string, checks: readonly Check[]) {
    const failed = checks.filter(({ holds }) => !holds);
    super(
      failed
        .map(
          ({ check, measured, bound }) => `${capability} cannot move: ${check}: ${measured}, bound ${bound}`,
        )
        .join('\n'),
    );
    this.checks = checks;
  }
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
export async function abortMove(replica: Replica, source: Side): Promise<boolean> {
  const side = await openSide(replica, source);
  try {
    const row = await readOwnership(replica, side);
    const next = row?.owner === source ? abort(row) : undefined;
    return row !== undefined && next !== undefined && (await setOwnership(replica, side, row, next));
  } finally {
    await side.close();
  }
}

async function move(replica: Replica, sides: Sides, target: Side, settings: Settings): Promise<Moved> {
  const source = otherSide(target);
  const newest = await readNewest(replica, sides);
  if (newest.owner === target)
    return activate(replica, sides[target], newest, settings, false, performance.now());
  // What was granted to the source before may not have come there yet.
  await activate(replica, sides[source], newest, settings, false, performance.now());
  await failpoint('move.begin');

  // Before the right goes, everybody who may have to follow it can read where it is.
  for (const side of [sides.monolith, sides.service])
    await side.query(sql('tell-owner', { schema: replica.schema }));
  let fingerprint: string | undefined;
  let drained = newest;
  if (newest.state === 'ACTIVE') {
    fingerprint = await timed(settings, 'preflight', () => checkFirst(replica, sides, source, settings));
    await failpoint('move.checked');
    drained = await timed(settings, 'drain', () =>
      drainSource(replica, sides[source], newest, target, settings),
    );
  }
  const begin = performance.now();
  try {
    await failpoint('move.drained');
    await timed(settings, 'confirm', () => confirm(replica, sides, drained, begin, fingerprint, settings));
    await failpoint('move.confirmed');
  } catch (error) {
    await timed(settings, 'abort', () => abortDrained(replica, sides[source], drained, error));
    throw error;
  }
  const granted = await timed(settings, 'grant', () => grantTarget(replica, sides[source], drained));
  await failpoint('move.granted');
  const moved = await timed(settings, 'activate', () =>
    activate(replica, sides[target], granted, settings, true, begin),
  );
  await failpoint('move.activated');
  return moved;
}

async function timed<T>({ audit }: Settings, step: MoveStep, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  await audit(step, performance.now() - begin);
  return result;
}

async function readNewest(replica: Replica, { monolith, service }: Sides): Promise<Ownership> {
  const rows = [await readOwnership(replica, monolith), await readOwnership(replica, service)];
  const [one, other] = rows;
  if (one === undefined || other === undefined)
    throw new SetupError(
      `${replica.capability} is not replicated: npm run switch -- replicate ${replica.capability}`,
    );
  if (one.epoch !== other.epoch) return one.epoch > other.epoch ? one : other;
  // Within an epoch only the owner's own row is the newest.
  return one.owner === 'monolith' ? one : other;
}

async function checkFirst(
  replica: Replica,
  sides: Sides,
  source: Side,
  { bounds }: Settings,
): Promise<string> {
  const { checks, fingerprint } = await preflight(replica, sides, source, bounds);
  if (checks.some(({ holds }) => !holds)) throw new NotReady(replica.capability, checks);
  return fingerprint;
}

async function drainSource(
  replica: Replica,
  source: SideDatabase,
  row: Ownership,
  target: Side,
  { drainDeadlineMs, lockTimeoutMs }: Settings,
): Promise<Ownership> {
  const next = drain(row, target);
  const options = { deadlineMs: drainDeadlineMs, lockTimeoutMs };
  if (next === undefined || !(await setOwnershipBehindWriters(replica, source, row, next, options)))
    throw outrun(replica);
  return next;
}

/** The target has applied everything, and every table still takes the stream: looked at now, and not remembered. */
async function confirm(
  replica: Replica,
  sides: Sides,
  drained: Ownership,
  begin: number,
  fingerprint: string | undefined,
  { holdDeadlineMs }: Settings,
): Promise<void> {
  const target = sides[drained.target as Side];
  const source = sides[drained.owner];
  while (!isConfirmed(drained, await readOwnership(replica, target))) {
    if (performance.now() - begin > holdDeadlineMs)
      throw new SetupError(
        `the ${target.side} has not applied within ${holdDeadlineMs} ms what the ${source.side} wrote last: it was aborted, run it again`,
      );
    const row = await readOwnership(replica, source);
    if (row === undefined || row.attempt !== drained.attempt || row.state !== 'DRAINING')
      throw outrun(replica);
    await sleep(POLL_MS);
  }
  const streams = await checkStreams(replica, sides);
  // What is applied and copied is shown before it is on disk: a crash of the target would take copied tables back to
  // where they began, and the grant would come to a side that lacks their rows.
  await target.query(
    `SELECT set_config('synchronous_commit', 'on', true); ${beatText(replica, target.side)}`,
  );
  const changed = fingerprint !== undefined && streams.fingerprint !== fingerprint;
  const [problem = changed ? 'the streams have changed since the preflight' : undefined] = streams.problems;
  if (problem !== undefined) throw new SetupError(`${problem}: it was aborted, run it again`);
}

async function abortDrained(
  replica: Replica,
  source: SideDatabase,
  drained: Ownership,
  reason: unknown,
): Promise<void> {
  const next = abort(drained);
  // Where somebody else has changed the row, it is not this run's to take back.
  if (next === undefined) return;
  await setOwnership(replica, source, drained, next).catch((error: unknown) => {
    throw new SetupError(
      `${(reason as Error).message}; and it could not be aborted (${(error as Error).message}): run it again`,
      { cause: reason },
    );
  });
  await failpoint('move.aborted');
}

async function grantTarget(replica: Replica, source: SideDatabase, drained: Ownership): Promise<Ownership> {
  const next = grant(drained);
  if (next === undefined || !(await setOwnership(replica, source, drained, next))) throw outrun(replica);
  return next;
}

/** Waits until a side shows what was granted to it. */
async function activate(
  replica: Replica,
  side: SideDatabase,
  granted: Ownership,
  { activationDeadlineMs }: Settings,
  moved: boolean,
  begin: number,
): Promise<Moved> {
  const { capability } = replica;
  const waiting = performance.now();
  for (;;) {
    const row = await readOwnership(replica, side);
    if (row !== undefined && row.epoch >= granted.epoch) {
      const { epoch, attempt, owner } = granted;
      return { capability, owner, epoch, attempt, moved, gapMs: moved ? performance.now() - begin : 0 };
    }
    if (performance.now() - waiting > activationDeadlineMs)
      throw new SetupError(
        `the ${side.side} owns ${capability} (epoch ${granted.epoch}) and has not applied that yet: npm run switch -- status ${capability}`,
      );
    await sleep(POLL_MS);
  }
}

const outrun = ({ capability }: Replica) =>
  new SetupError(`somebody else has just changed who owns ${capability}: look at it, and run this again`);
