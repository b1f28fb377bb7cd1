// The tables of a capability on one side, and what differs between the sides.
import type { Replica } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

export interface TableDescription {
  readonly table: string;
  /** By replication itself. */
  readonly installed: boolean;
  /** Its rows lie in its partitions, which are tables of their own. */
  readonly partitioned: boolean;
  readonly unlogged: boolean;
  /** Whether an update can name its row. */
  readonly identifiable: boolean;
  /** Whether the login may do what its owner may. */
  readonly ours: boolean;
  /** By name: type, nullability, generation, collation. */
  readonly columns: Readonly<Record<string, string>> | null;
  readonly key: string | null;
  /** Columns that a sequence fills. */
  readonly sequences: string | null;
}

export async function describeTables(
  { schema }: Replica,
  { query }: SideDatabase,
): Promise<readonly TableDescription[]> {
  return query<TableDescription & Record<string, unknown>>(sql('describe-tables', { schema }));
}

/** As the planner of a side estimates it. */
export async function estimateRows(
  { schema }: Replica,
  { query }: SideDatabase,
  table: string,
): Promise<number> {
  const [plan] = await query<{ 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] }>(
    sql('estimate-rows', { schema, table }),
  );
  return plan?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}

/** @returns one line for each table, and each column, that the sides do not agree on. */
export function compareTables(
  schema: string,
  monolith: readonly TableDescription[],
  service: readonly TableDescription[],
): readonly string[] {
  const own = (tables: readonly TableDescription[]) =>
    new Map(tables.filter(({ installed }) => !installed).map((table) => [table.table, table]));
  const [left, right] = [own(monolith), own(service)];
  if (left.size === 0) return [`the monolith's schema ${schema} has no table`];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [one, other] = [left.get(name), right.get(name)];
    if (one === undefined)
      return [
        `${schema}.${name} is at the service, but not at the monolith: drop it, or migrate the monolith`,
      ];
    if (other === undefined)
      return [`${schema}.${name} is at the monolith, but not at the service: migrate the service`];
    const keys =
      one.key === other.key
        ? []
        : [
            `${schema}.${name} has the key (${one.key ?? ''}) at the monolith, (${other.key ?? ''}) at the service`,
          ];
    return [...compareColumns(`${schema}.${name}`, one.columns ?? {}, other.columns ?? {}), ...keys];
  });
}

function compareColumns(
  table: string,
  monolith: Readonly<Record<string, string>>,
  service: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(monolith), ...Object.keys(service)]);
  return [...names]
    .filter((name) => monolith[name] !== service[name])
    .map(
      (name) =>
        `${table}.${name} is ${monolith[name] ?? 'missing'} at the monolith, ${service[name] ?? 'missing'} at the service: migrate the one that is behind`,
    );
}
