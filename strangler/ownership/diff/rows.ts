// Some rows of a table, whole, as both sides have them: for what is said of a difference, and for its repair.
import type { Side } from '../replica.ts';
import type { SideDatabase } from '../side-database.ts';
import type { DifferentRow, Kind } from './chunks.ts';
import { diffSql, listOf, type Key, type Shape, type Sides } from './shape.ts';

/** A column's text, by its name; null is PostgreSQL's. */
export type Values = Readonly<Record<string, string | null>>;

export interface WholeRow {
  readonly values: Values;
  /** The transaction that wrote this version of it; as long as it is the same, so is the row. */
  readonly writer: string;
}

/** By {@link keyOf}. @param lock a clause behind the query, where the rows are to stay as they are. */
export async function readWhole(
  { query }: Pick<SideDatabase, 'query'>,
  shape: Shape,
  keys: readonly Key[],
  lock = '',
): Promise<ReadonlyMap<string, WholeRow>> {
  if (keys.length === 0) return new Map();
  const text = diffSql('values', shape, { keys: listOf(keys) });
  const rows = await query<{ key: Key; values: string; writer: string }>(`${text} ${lock}`);
  return new Map(
    rows.map(({ key, values, writer }) => [keyOf(key), { values: JSON.parse(values) as Values, writer }]),
  );
}

export const keyOf = (key: Key): string => JSON.stringify(key);

/** A difference as a person reads it. */
export interface Difference {
  readonly table: string;
  readonly kind: Kind;
  /** By column; of a table without a key, the whole row. */
  readonly key: Values;
  /** What differs, in rows that both sides have. */
  readonly columns: readonly ({ readonly column: string } & Readonly<Record<Side, string | null>>)[];
}

/** One more look, since the digests say only that something differs. */
export async function describeDifferences(
  sides: Sides,
  shape: Shape,
  different: readonly DifferentRow[],
): Promise<readonly Difference[]> {
  const changed = different.filter(({ kind }) => kind === 'changed' && shape.key !== null);
  const keys = changed.map(({ key }) => key);
  const [monolith, service] = [
    await readWhole(sides.monolith, shape, keys),
    await readWhole(sides.service, shape, keys),
  ];
  const names = shape.key ?? shape.columns.map(({ name }) => name);
  return different.map(({ key, kind }) => ({
    table: shape.table,
    kind,
    key: Object.fromEntries(names.map((name, place) => [name, key[place] ?? null])),
    columns: columnsOf(shape, monolith.get(keyOf(key))?.values, service.get(keyOf(key))?.values),
  }));
}

function columnsOf({ columns }: Shape, monolith: Values = {}, service: Values = {}): Difference['columns'] {
  return columns
    .map(({ name }) => ({
      column: name,
      monolith: monolith[name] ?? null,
      service: service[name] ?? null,
    }))
    .filter((found) => found.monolith !== found.service);
}
