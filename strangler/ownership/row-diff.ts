// Compares every row of a capability on both sides while one of them is written: what differs only because it is on its
// way is looked at again after a heartbeat has travelled the same way.
import { travel } from './heartbeats.ts';
import { otherSide, type Replica, type Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { describeTables, type TableDescription } from './tables.ts';

export interface RowDiff {
  readonly tables: number;
  /** Rows that differ though nothing has changed them while a heartbeat overtook them: `prices (…key…)`. */
  readonly different: readonly string[];
  /** Rows that were written so often that nothing can be said of them. */
  readonly unsettled: number;
}

type Sides = Readonly<Record<Side, SideDatabase>>;
/** By key; what a side lacks is undefined. */
type Suspects = ReadonlyMap<string, Readonly<Record<Side, string | undefined>>>;

const PASSES = 6;
const DEADLINE_MS = 10_000;

/** @param source the side that is written. @throws {SetupError} where its heartbeats do not arrive. */
export async function diffRows(replica: Replica, sides: Sides, source: Side): Promise<RowDiff> {
  const tables = (await describeTables(replica, sides[source])).filter(
    ({ installed, partitioned }) => !installed && !partitioned,
  );
  const different: string[] = [];
  let unsettled = 0;
  for (const table of tables) {
    const heaps = await differingHeaps(replica, sides, source, table);
    let suspects = heaps.length === 0 ? new Map() : await differingRows(replica, sides, source, table, heaps);
    for (let pass = 0; pass < PASSES && suspects.size > 0; pass += 1) {
      await travel(replica, sides, source, DEADLINE_MS);
      const again = await differingRows(replica, sides, source, table, heaps);
      const changed = new Map<string, Readonly<Record<Side, string | undefined>>>();
      for (const [key, before] of suspects as Suspects) {
        const now = again.get(key);
        if (now === undefined) continue;
        if (now[source] === before[source]) different.push(`${table.table} ${key}`);
        else changed.set(key, now);
      }
      suspects = changed;
    }
    unsettled += suspects.size;
  }
  return { tables: tables.length, different, unsettled };
}

const marksFor = ({ schema }: Replica, { table, columns, key }: TableDescription) => {
  const names = Object.keys(columns ?? {}).toSorted();
  return { schema, table, columns: names, key: key === null ? names : key.split(', ') };
};

/** The target first: what the source shows later cannot be newer than what it has sent, if it is the same as before. */
async function fromBoth<Row extends Record<string, unknown>>(
  sides: Sides,
  source: Side,
  text: string,
  values?: readonly unknown[],
): Promise<Readonly<Record<Side, readonly Row[]>>> {
  const atTarget = await sides[otherSide(source)].query<Row>(text, values);
  const atSource = await sides[source].query<Row>(text, values);
  return { [source]: atSource, [otherSide(source)]: atTarget } as Record<Side, readonly Row[]>;
}

async function differingHeaps(
  replica: Replica,
  sides: Sides,
  source: Side,
  table: TableDescription,
): Promise<number[]> {
  const text = sql('digest-rows', marksFor(replica, table));
  const { monolith, service } = await fromBoth<{ heap: string; digest: string }>(sides, source, text);
  const at = new Map(service.map(({ heap, digest }) => [heap, digest]));
  const heaps = new Set([...monolith, ...service].map(({ heap }) => heap));
  for (const { heap, digest } of monolith) if (at.get(heap) === digest) heaps.delete(heap);
  return [...heaps].map(Number);
}

async function differingRows(
  replica: Replica,
  sides: Sides,
  source: Side,
  table: TableDescription,
  heaps: readonly number[],
): Promise<Suspects> {
  const text = sql('digest-heap', marksFor(replica, table));
  const rows = await fromBoth<{ key: string; digest: string }>(sides, source, text, [heaps]);
  const [monolith, service] = [rows.monolith, rows.service].map(
    (side) => new Map(side.map(({ key, digest }) => [key, digest])),
  ) as [Map<string, string>, Map<string, string>];
  return new Map(
    [...new Set([...monolith.keys(), ...service.keys()])]
      .filter((key) => monolith.get(key) !== service.get(key))
      .map((key) => [key, { monolith: monolith.get(key), service: service.get(key) }]),
  );
}
