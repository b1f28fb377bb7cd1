// The steps of a move of ownership, each a compare-and-set on the row that was seen, or a look that changes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { checkStreams } from './check-streams.ts';
import { beatText } from './heartbeats.ts';
import { readOwnership, type Ownership } from './ownership.ts';
import { BOUNDS, preflight, type Bounds, type Check } from './preflight.ts';
import type { Replica, Side } from './replica.ts';
import { setOwnership, setOwnershipBehindWriters } from './set-ownership.ts';
import type { SideDatabase } from './side-database.ts';
import { abort, drain, grant, isConfirmed } from './transitions.ts';

export type MoveStep = 'preflight' | 'drain' | 'confirm' | 'grant' | 'activate' | 'abort';

/** The row that says who owns, around a step; a step that only looks leaves it as it was. */
export interface StepRows {
  readonly before: Ownership;
  readonly after: Ownership;
}

/** Told of each step when it is done, and how long it took: while nobody may write, what it awaits keeps everybody waiting. */
export type Audit = (step: MoveStep, durationMs: number, rows: StepRows) => void | Promise<void>;

export interface MoveOptions {
  readonly audit?: Audit;
  /** Gives up before the grant, as soon as it can: what was drained is taken back. */
  readonly signal?: AbortSignal;
  readonly bounds?: Bounds;
  /** How long writers are waited for in all, in milliseconds; each try holds up the others for `lockTimeoutMs`. */
  readonly drainDeadlineMs?: number;
  readonly lockTimeoutMs?: number;
  /** How long nobody may write: then it is aborted. Below the time for which the gateway holds its callers. */
  readonly holdDeadlineMs?: number;
  /** How long the target is waited for once the right is granted; there is no way back from there. */
  readonly activationDeadlineMs?: number;
}

export type Sides = Readonly<Record<Side, SideDatabase>>;
export type Settings = Required<Omit<MoveOptions, 'signal'>> & Pick<MoveOptions, 'signal'>;

export const DEFAULTS: Settings = {
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

export async function checkFirst(
  replica: Replica,
  sides: Sides,
  source: Side,
  { bounds }: Settings,
): Promise<string> {
  const { checks, fingerprint } = await preflight(replica, sides, source, bounds);
  if (checks.some(({ holds }) => !holds)) throw new NotReady(replica.capability, checks);
  return fingerprint;
}

export async function drainSource(
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
export async function confirm(
  replica: Replica,
  sides: Sides,
  drained: Ownership,
  begin: number,
  fingerprint: string,
  settings: Settings,
): Promise<void> {
  const { holdDeadlineMs } = settings;
  const target = sides[drained.target as Side];
  const source = sides[drained.owner];
  while (!isConfirmed(drained, await readOwnership(replica, target))) {
    refuseInterrupted(settings);
    // Before the row is read: whoever was stopped for long meanwhile looks at it once more, and may have nothing to
    // take back any more.
    const late = performance.now() - begin > holdDeadlineMs;
    const row = await readOwnership(replica, source);
    if (row === undefined || row.attempt !== drained.attempt || row.state !== 'DRAINING')
      throw outrun(replica);
    if (late)
      throw new SetupError(
        `the ${target.side} has not applied within ${holdDeadlineMs} ms what the ${source.side} wrote last: it was aborted, run it again`,
      );
    await sleep(POLL_MS);
  }
  const streams = await checkStreams(replica, sides);
  // What is applied and copied is shown before it is on disk: a crash of the target would take copied tables back to
  // where they began, and the grant would come to a side that lacks their rows.
  await flush(replica, target);
  const changed = streams.fingerprint !== fingerprint;
  const [problem = changed ? 'the streams have changed since the preflight' : undefined] = streams.problems;
  if (problem !== undefined) throw new SetupError(`${problem}: it was aborted, run it again`);
}

/** A commit that waits for the disk takes everything before it there. */
const flush = (replica: Replica, { side, query }: SideDatabase) =>
  query(`SELECT set_config('synchronous_commit', 'on', true); ${beatText(replica, side)}`);

/** @returns the row as it is now; undefined where somebody else has changed it: then it is not this run's to take back. */
export async function abortDrained(
  replica: Replica,
  source: SideDatabase,
  drained: Ownership,
  reason: unknown,
): Promise<Ownership | undefined> {
  const next = abort(drained);
  if (next === undefined) return undefined;
  const aborted = await setOwnership(replica, source, drained, next).catch((error: unknown) => {
    throw new SetupError(
      `${(reason as Error).message}; and it could not be aborted (${(error as Error).message}): run it again`,
      { cause: reason },
    );
  });
  await failpoint('move.aborted');
  return aborted ? next : undefined;
}

export async function grantTarget(
  replica: Replica,
  source: SideDatabase,
  drained: Ownership,
): Promise<Ownership> {
  const next = grant(drained);
  if (next === undefined || !(await setOwnership(replica, source, drained, next))) throw outrun(replica);
  return next;
}

/** Waits until a side shows what was granted to it, and has it on disk. @param onShown called when it may write. */
export async function activate(
  replica: Replica,
  side: SideDatabase,
  granted: Ownership,
  { activationDeadlineMs }: Settings,
  onShown: () => void = () => undefined,
): Promise<Ownership> {
  const { capability } = replica;
  const begin = performance.now();
  for (;;) {
    const row = await readOwnership(replica, side);
    if (row !== undefined && row.epoch >= granted.epoch) {
      onShown();
      // It is not sent again where a worker that began anew has confirmed it: then a crash would leave nobody who owns.
      await flush(replica, side);
      return granted;
    }
    if (performance.now() - begin > activationDeadlineMs)
      throw new SetupError(
        `the ${side.side} owns ${capability} (epoch ${granted.epoch}) and has not applied that yet: npm run switch -- status ${capability}`,
      );
    await sleep(POLL_MS);
  }
}

export const outrun = ({ capability }: Replica) =>
  new SetupError(`somebody else has just changed who owns ${capability}: look at it, and run this again`);

/** While nothing is granted, whoever asks for the move may still give it up. */
export function refuseInterrupted({ signal }: Settings): void {
  if (signal?.aborted === true) throw new SetupError('interrupted, and nothing has moved: run it again');
}
