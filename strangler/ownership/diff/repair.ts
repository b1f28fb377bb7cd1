// Makes rows of the side that does not own as the owner has them, while the owner is written and the streams run.
import { escapeIdentifier, escapeLiteral } from 'pg';
import { SetupError } from '#platform/setup-error.ts';
import { travel } from '../heartbeats.ts';
import { databaseOf, otherSide } from '../replica.ts';
import { openSide, sqlState, type SideDatabase } from '../side-database.ts';
import { sql } from '../sql.ts';
import type { Compared, DifferentRow } from './chunks.ts';
import { keyOf, readWhole, type Values } from './rows.ts';
import { diffSql, listOf, type Key, type Shape } from './shape.ts';

export interface Repair {
  /**
   * @param size of what is repaired at once: while the rows of one try are locked, their writers wait.
   * @returns the rows that it could not repair: those whose unique values rows of another try still have, and all of a
   * table without a key.
   */
  readonly rows: (
    shape: Shape,
    different: readonly DifferentRow[],
    size?: number,
  ) => Promise<readonly DifferentRow[]>;
  readonly close: () => Promise<void>;
}

/** Rows of the owner that are locked at once, for about as long as a heartbeat takes. */
const BATCH = 100;
const TRAVEL_DEADLINE_MS = 10_000;
const LOCK_TIMEOUT_MS = 2_000;

const UNIQUE_VIOLATION = '23505';
const LOCK_NOT_AVAILABLE = '55P03';
const OBJECT_IN_USE = '55006';

/** @param epoch of the owner's right: it may not have moved since. @throws {SetupError} where another repair is at it. */
export async function openRepair(compared: Compared, epoch: number): Promise<Repair> {
  const { replica, owner } = compared;
  const source = await openSide(replica, owner);
  const target = await openSide(replica, otherSide(owner)).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const origin = `strangler_repair_${databaseOf(target.url)}_${replica.schema}`;
  const close = async () => {
    await target.query(sql('end-repair', { origin })).catch(() => undefined);
    await Promise.all([source.close(), target.close()]);
  };
  try {
    for (const side of [source, target]) await side.query(sql('diff-formats'));
    await target.query(sql('begin-repair', { origin }));
  } catch (error) {
    await close();
    throw sqlState(error) === OBJECT_IN_USE
      ? new SetupError(`another repair of ${replica.capability} is under way`, { cause: error })
      : error;
  }

  return {
    close,
    async rows(shape, different, size = BATCH) {
      if (shape.key === null) return different;
      const left: DifferentRow[] = [];
      for (let begin = 0; begin < different.length; begin += size) {
        const batch = different.slice(begin, begin + size);
        try {
          await repairBatch(compared, epoch, source, target, shape, batch);
        } catch (error) {
          if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
          left.push(...batch);
        }
      }
      return left;
    },
  };
}

/**
 * The owner's rows are locked, what was written to them before has arrived, and then the other side is made the same.
 * A row that the owner lacks cannot be locked: but as long as the other side has the very version that was seen before,
 * nothing has arrived in its place.
 */
async function repairBatch(
  { replica, sides, owner }: Compared,
  epoch: number,
  source: SideDatabase,
  target: SideDatabase,
  shape: Shape,
  different: readonly DifferentRow[],
): Promise<void> {
  const keys = different.map(({ key }) => key);
  const before = await readWhole(target, shape, keys);
  await inTransaction(source, async () => {
    await refuseMoved(
      replica.capability,
      source,
      sql('hold-right', { schema: replica.schema, side: owner }),
      epoch,
    );
    const wanted = await readWhole(source, shape, keys, 'FOR NO KEY UPDATE').catch((error: unknown) => {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      throw new SetupError(
        `a transaction of the ${owner} does not let go of rows of ${shape.table}: end it, then run this again`,
        { cause: error },
      );
    });
    await travel(replica, sides, owner, TRAVEL_DEADLINE_MS);
    await inTransaction(target, async () => {
      const found = await readWhole(target, shape, keys, 'FOR UPDATE');
      const wrong = keys.filter((key) => {
        const [want, have] = [wanted.get(keyOf(key)), found.get(keyOf(key))];
        if (want === undefined) return have !== undefined && have.writer === before.get(keyOf(key))?.writer;
        return have === undefined || !isSame(want.values, have.values);
      });
      const rows = wrong.map((key) => wanted.get(keyOf(key))?.values).filter((row) => row !== undefined);
      await replace(target, shape, wrong, rows);
    });
  });
}

async function refuseMoved(
  capability: string,
  source: SideDatabase,
  hold: string,
  epoch: number,
): Promise<void> {
  const [right] = await source.query<{ epoch: number }>(hold);
  if (right?.epoch !== epoch)
    throw new SetupError(`the right to write ${capability} has moved meanwhile: run this again`);
}

async function replace(
  target: SideDatabase,
  shape: Shape,
  wrong: readonly Key[],
  rows: readonly Values[],
): Promise<void> {
  if (wrong.length > 0) await target.query(diffSql('delete', shape, { keys: listOf(wrong) }));
  if (rows.length === 0) return;
  const written = shape.columns.filter(({ generated }) => !generated);
  const names = written.map(({ name }) => escapeIdentifier(name));
  const casts = written.map(({ name, type }) => `(row ->> ${escapeLiteral(name)})::${type}`);
  await target.query(diffSql('insert', shape, { written: names.join(', '), casts: casts.join(', ') }), [
    JSON.stringify(rows),
  ]);
}

const isSame = (one: Values, other: Values) => Object.keys(one).every((name) => one[name] === other[name]);

async function inTransaction(side: SideDatabase, work: () => Promise<void>): Promise<void> {
  await side.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  try {
    await work();
    await side.query('COMMIT');
  } catch (error) {
    await side.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
