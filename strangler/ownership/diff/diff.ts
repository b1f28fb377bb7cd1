// Compares every row of a capability on both sides while one of them is written, chunk by chunk; may repair what differs.
import { SetupError } from '#platform/setup-error.ts';
import { travel, verifyRoundTrip } from '../heartbeats.ts';
import { newestOf, readOwnership, type Ownership } from '../ownership.ts';
import { checkStreams } from '../check-streams.ts';
import type { Replica, Side } from '../replica.ts';
import { withSides } from '../side-database.ts';
import { sql } from '../sql.ts';
import { compareTables, describeTables } from '../tables.ts';
import { compareChunks, type Chunk, type Compared, type DifferentRow, type Kind } from './chunks.ts';
import { createPace, TRAVEL_DEADLINE_MS, type Progress } from './pace.ts';
import { openRepair, type Repair } from './repair.ts';
import { describeDifferences, type Difference } from './rows.ts';
import type { Saved, SavedDiff, TableResult } from './saved-diff.ts';
import { readShapes, type Key, type Sides } from './shape.ts';

export interface DiffOptions {
  readonly repair?: boolean;
  /** Rows that are read at once. */
  readonly chunkRows?: number;
  /** Later than this it waits for the stream to catch up, in milliseconds. */
  readonly maxLagMs?: number;
  /** Where a diff that was cut short goes on. */
  readonly saved?: Saved;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface DiffResult {
  readonly capability: string;
  /** Whose rows the others are compared with. */
  readonly owner: Side;
  readonly tables: readonly TableResult[];
  /** The first of them; the tables count all. */
  readonly differences: readonly Difference[];
  /** Why one cannot believe in the streams, though rows may be equal: a line each. */
  readonly streams: readonly string[];
  readonly seconds: number;
}

const CHUNK_ROWS = 2_000;
const MAX_LAG_MS = 1_000;
/** A stream that stands still longer than this has stopped. */
const ROUND_TRIP_DEADLINE_MS = 10_000;
/** More are counted, and not kept. */
const KEPT = 1_000;

/**
 * A difference counts only where it outlasts a heartbeat from the owner. Reads only, unless it is to repair.
 * @throws {SetupError} where nothing is replicated, tables are not the same on both sides, the right is being handed over or moves meanwhile, or what the owner
 * writes does not arrive.
 */
export async function diff(replica: Replica, options: DiffOptions = {}): Promise<DiffResult> {
  return withSides(replica, async (sides) => {
    const begin = performance.now();
    const right = await readActive(replica, sides);
    await refuseUnlike(replica, sides);
    for (const side of Object.values(sides)) await side.query(sql('diff-formats'));
    const compared = { replica, sides, owner: right.owner };
    // Where nothing arrives any more it says so now, and not at the first difference.
    await travel(replica, sides, right.owner, TRAVEL_DEADLINE_MS);
    const repair = options.repair === true ? await openRepair(compared, right.epoch) : undefined;
    try {
      const found = await diffTables(compared, right, repair, options);
      const streams = await doubtsAboutStreams(replica, sides);
      await options.saved?.clear();
      return {
        capability: replica.capability,
        owner: right.owner,
        ...found,
        streams,
        seconds: (performance.now() - begin) / 1_000,
      };
    } finally {
      await repair?.close();
    }
  });
}

async function readActive(replica: Replica, sides: Sides): Promise<Ownership> {
  const { capability } = replica;
  const right = newestOf(
    await readOwnership(replica, sides.monolith),
    await readOwnership(replica, sides.service),
  );
  if (right === undefined)
    throw new SetupError(`${capability} is not replicated: npm run switch -- replicate ${capability}`);
  if (right.state === 'DRAINING')
    throw new SetupError(
      `${capability} is just being handed over (epoch ${right.epoch}, attempt ${right.attempt}): run this again`,
    );
  return right;
}

async function refuseUnlike(replica: Replica, sides: Sides): Promise<void> {
  const unlike = compareTables(
    replica.schema,
    await describeTables(replica, sides.monolith),
    await describeTables(replica, sides.service),
  );
  if (unlike.length > 0) throw new SetupError(unlike.join('\n'));
}

/** What has been written past the fence of the side that does not own stops the way back, and may have left rows equal. */
async function doubtsAboutStreams(replica: Replica, sides: Sides): Promise<readonly string[]> {
  const { problems } = await checkStreams(replica, sides);
  try {
    await verifyRoundTrip(replica, sides, ROUND_TRIP_DEADLINE_MS);
    return problems;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return [...problems, error.message];
  }
}

/** Table by table, from where an earlier run was cut short. */
async function diffTables(
  compared: Compared,
  right: Ownership,
  repair: Repair | undefined,
  options: DiffOptions,
): Promise<Pick<DiffResult, 'tables' | 'differences'>> {
  const { replica, sides, owner } = compared;
  const { chunkRows = CHUNK_ROWS, maxLagMs = MAX_LAG_MS, saved, signal, onProgress } = options;
  const shapes = await readShapes(replica, sides[owner]);
  const identity = {
    owner,
    epoch: right.epoch,
    shapes: JSON.stringify(shapes),
    repairs: repair !== undefined,
  };
  const earlier = await saved?.load(identity);
  const results = new Map(earlier?.tables.map((table) => [table.table, table]));
  const differences = [...(earlier?.differences ?? [])];
  const begun = earlier?.begun ?? new Date().toISOString();
  const rowsBefore = [...results.values()].reduce((rows, table) => rows + table.rows, 0);
  const pace = await createPace(compared, shapes, rowsBefore, maxLagMs, onProgress);
  const save = (at: SavedDiff['at']) =>
    saved?.save({ ...identity, begun, tables: [...results.values()], differences, at });

  const first = shapes.findIndex(({ table }) => table === earlier?.at.table);
  for (const shape of shapes.slice(Math.max(0, first))) {
    const { table } = shape;
    const postponed: DifferentRow[] = [];
    const from: Key | null = earlier?.at.table === table ? earlier.at.after : null;
    for await (const chunk of compareChunks(compared, shape, from, chunkRows)) {
      // Whoever repairs does so in the next statement: what was different is told as it was.
      const room = chunk.different.slice(0, KEPT - differences.length);
      differences.push(...(await describeDifferences(sides, shape, room)));
      await refuseMoved(compared, right);
      const left = (await repair?.rows(shape, chunk.different)) ?? chunk.different;
      postponed.push(...left);
      results.set(
        table,
        add(results.get(table) ?? nothingOf(table), chunk, chunk.different.length - left.length),
      );
      const { upTo: after } = chunk.range;
      if (after !== null) await save({ table, after });
      await pace.after(table, results.values());
      if (signal?.aborted === true)
        throw new SetupError(`interrupted: npm run switch -- diff ${replica.capability} goes on from here`);
    }
    // Rows that have exchanged a unique value can be put right together only.
    const left = (await repair?.rows(shape, postponed, postponed.length)) ?? postponed;
    results.set(table, repaired(results.get(table) ?? nothingOf(table), postponed.length - left.length));
    const next = shapes[shapes.indexOf(shape) + 1];
    if (next !== undefined) await save({ table: next.table, after: null });
  }
  return { tables: [...results.values()], differences };
}

const nothingOf = (table: string): TableResult => ({
  table,
  rows: 0,
  missing: 0,
  extra: 0,
  changed: 0,
  unsettled: 0,
  repaired: 0,
});

function add(result: TableResult, { rows, different, unsettled }: Chunk, repairedRows: number): TableResult {
  const count = (kind: Kind) => different.filter((row) => row.kind === kind).length;
  return repaired(
    {
      ...result,
      rows: result.rows + rows,
      missing: result.missing + count('missing'),
      extra: result.extra + count('extra'),
      changed: result.changed + count('changed'),
      unsettled: result.unsettled + unsettled,
    },
    repairedRows,
  );
}

const repaired = (result: TableResult, rows: number): TableResult => ({
  ...result,
  repaired: result.repaired + rows,
});

/** A diff that outlives a move compares with what is not the owner's any more. */
async function refuseMoved({ replica, sides, owner }: Compared, { epoch }: Ownership): Promise<void> {
  const now = await readOwnership(replica, sides[owner]);
  if (now?.epoch !== epoch)
    throw new SetupError(`the right to write ${replica.capability} has moved meanwhile: run this again`);
}
