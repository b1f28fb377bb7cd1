// What a doctor does: takes back a drain that nobody goes on with, enables a stream, begins one anew; and, where a person
// has said so, throws away what was written past the fence, or lets a side own that has lost the other one.
import { SetupError } from '#platform/setup-error.ts';
import { diff } from '../diff/diff.ts';
import { withLock } from '../lock.ts';
import { abortMove, type Audit } from '../move-ownership.ts';
import { readOwnership, type Ownership } from '../ownership.ts';
import { FORWARD, otherSide, REVERSE, streamName, type Replica, type Side } from '../replica.ts';
import { openSide, withSides, type SideDatabase } from '../side-database.ts';
import { sql } from '../sql.ts';
import {
  createSlot,
  disableSubscription,
  dropSlots,
  enableSubscription,
  endWorkers,
} from '../subscriptions.ts';
import type { Finding, Remedy } from './finding.ts';

const directionTo = (side: Side) => (side === 'service' ? FORWARD : REVERSE);

/**
 * @param audit is told of a drain that is taken back, as of a step of a move.
 * @returns what was done, a line each. @throws {SetupError} where it could not be.
 */
export async function treat(
  replica: Replica,
  findings: readonly Finding[],
  audit?: Audit,
): Promise<readonly string[]> {
  const remedies = findings.flatMap(({ remedy }) => remedy ?? []);
  const done: string[] = [];
  for (const remedy of remedies) done.push(await apply(replica, remedy, audit));
  if (remedies.some(({ kind }) => kind === 'begin anew')) done.push(await repairRows(replica));
  return done;
}

async function apply(replica: Replica, remedy: Remedy, audit?: Audit): Promise<string> {
  switch (remedy.kind) {
    case 'take back':
      return (await abortMove(replica, remedy.owner, audit && { audit }))
        ? `the drain was taken back: the ${remedy.owner} writes again`
        : 'the drain was over by now';
    case 'enable':
      await locked(replica, (sides) => enableSubscription(replica, sides[remedy.to], directionTo(remedy.to)));
      return `the stream to the ${remedy.to} was enabled`;
    case 'begin anew':
      await beginAnew(replica, remedy.to);
      return `the stream to the ${remedy.to} was begun anew`;
  }
}

/** What the old slot had not brought is thrown away; the caller compares the rows afterwards, for what of it counts. */
async function beginAnew(replica: Replica, to: Side): Promise<void> {
  const direction = directionTo(to);
  await locked(replica, async (sides) => {
    // Under the lock that moves hold: since the diagnosis one may have granted what would be thrown away here.
    const rows = [await readOwnership(replica, sides.monolith), await readOwnership(replica, sides.service)];
    if (rows[0]?.epoch !== rows[1]?.epoch)
      throw new SetupError(
        `the right to write ${replica.capability} is on its way by this stream: it is not begun anew`,
      );
    await disableSubscription(replica, sides[to], direction);
    await endWorkers(replica, sides[to], direction);
    const slot = streamName(replica, direction);
    await dropSlots(sides[direction.from], `^${slot}$`);
    await createSlot(sides[direction.from], slot);
    await enableSubscription(replica, sides[to], direction);
  });
}

async function repairRows(replica: Replica): Promise<string> {
  const { tables } = await diff(replica, { repair: true });
  const rows = tables.reduce((sum, { repaired }) => sum + repaired, 0);
  return `all rows were compared, and ${rows} repaired`;
}

/** What somebody has written at a side that does not own: its rows are made as the owner has them. */
export async function discard(replica: Replica, side: Side): Promise<readonly string[]> {
  await beginAnew(replica, otherSide(side));
  return [`what the ${side} had sent was thrown away, and its stream begun anew`, await repairRows(replica)];
}

/**
 * Lets a side own whose other side is gone for good; or makes a restored copy the side that it was copied from.
 * @throws {SetupError} where there is nothing to adopt, or the other side is there and owns.
 */
export async function adopt(replica: Replica, side: Side): Promise<readonly string[]> {
  const database = await openSide(replica, side);
  try {
    return await withLock([database], async () => {
      const done: string[] = [];
      const [renewed] = await database.query<{ side: string }>(sql('adopt-place', { side }));
      if (renewed !== undefined) done.push(`${database.database} is the ${side}'s from now on`);
      const row = await readOwnership(replica, database);
      if (row !== undefined && row.owner !== side && !(await isThere(replica, row)))
        done.push(await adoptRight(replica, database, row));
      if (done.length === 0)
        throw new SetupError(`there is nothing to adopt: the ${side} is itself, and its owner is there`);
      return done;
    });
  } finally {
    await database.close();
  }
}

/** Whether the one that owns answers, and believes so too. */
async function isThere(replica: Replica, { owner }: Ownership): Promise<boolean> {
  const other = await openSide(replica, owner).catch((error: unknown) => {
    if (error instanceof SetupError) return undefined;
    throw error;
  });
  if (other === undefined) return false;
  try {
    return (await readOwnership(replica, other)) !== undefined;
  } finally {
    await other.close();
  }
}

async function adoptRight(replica: Replica, database: SideDatabase, row: Ownership): Promise<string> {
  const { side } = database;
  await database.query(sql('adopt-right', { schema: replica.schema, side }));
  return `the ${side} owns ${replica.capability}, epoch ${row.epoch + 1}: what the ${row.owner} had not sent is lost`;
}

const locked = (replica: Replica, work: (sides: Readonly<Record<Side, SideDatabase>>) => Promise<void>) =>
  withSides(replica, (sides) => withLock([sides.monolith, sides.service], () => work(sides)));
