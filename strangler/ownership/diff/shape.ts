// How one table is compared: its columns and its key, and the SQL that speaks of some of its rows.
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Replica, Side } from '../replica.ts';
import type { SideDatabase } from '../side-database.ts';
import { sql } from '../sql.ts';
import { describeTables } from '../tables.ts';

/** The values of a row's key, as text; of a table without one, those of all its columns. */
export type Key = readonly (string | null)[];

export type Sides = Readonly<Record<Side, SideDatabase>>;

export interface Shape {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** The columns of its key; null where it has none, and its rows have no order to be cut by. */
  readonly key: readonly string[] | null;
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it: `numeric(12,4)`. */
  readonly type: string;
  /** Computed by each side from the other columns. */
  readonly generated: boolean;
}

/** Rows after one key, up to another and with it; null stands for no bound. */
export interface Range {
  readonly after: Key | null;
  readonly upTo: Key | null;
}

export const EVERYTHING: Range = { after: null, upTo: null };

/** The tables of a capability that hold rows of their own, as a side has them. */
export async function readShapes(replica: Replica, side: SideDatabase): Promise<readonly Shape[]> {
  const tables = await describeTables(replica, side);
  return tables
    .filter(({ installed, partitioned }) => !installed && !partitioned)
    .map(({ table, columns, key }) => ({
      schema: replica.schema,
      table,
      columns: Object.entries(columns ?? {})
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, description]) => columnOf(name, description)),
      key: key === null ? null : key.split(', '),
    }));
}

function columnOf(name: string, description: string): Column {
  const found = /^(?<type>.*?)(?: not null)?(?<generated> generated)?(?: collate .*)?$/.exec(description);
  return {
    name,
    type: found?.groups?.['type'] ?? description,
    generated: found?.groups?.['generated'] !== undefined,
  };
}

/** `diff-*.sql` about some of a table's rows. @param expressions beside `keyTexts`, which every one of them has. */
export function diffSql(name: string, shape: Shape, expressions: Readonly<Record<string, string>>): string {
  const { schema, table, key } = shape;
  const columns = shape.columns.map((column) => column.name);
  return sql(
    `diff-${name}`,
    { schema, table, columns, key: key ?? columns },
    { keyTexts: textsOf(key ?? columns), columnTexts: textsOf(columns), ...expressions },
  );
}

const textsOf = (columns: readonly string[]) =>
  columns.map((column) => `${escapeIdentifier(column)}::text`).join(', ');

/** A row of literals, whose types PostgreSQL takes from what they are compared with. */
const rowOf = (key: Key) =>
  `(${key.map((value) => (value === null ? 'NULL' : escapeLiteral(value))).join(', ')})`;

export function conditionOf({ key }: Shape, { after, upTo }: Range): string {
  const names = `(${(key ?? []).map(escapeIdentifier).join(', ')})`;
  const bounds = [
    ...(after === null ? [] : [`${names} > ${rowOf(after)}`]),
    ...(upTo === null ? [] : [`${names} <= ${rowOf(upTo)}`]),
  ];
  return bounds.length === 0 ? 'TRUE' : bounds.join(' AND ');
}

export const listOf = (keys: readonly Key[]): string => keys.map(rowOf).join(', ');
