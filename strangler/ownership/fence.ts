// The fences on a capability's tables: one in front of local writes, one in front of replicated changes, one around
// the row that says who owns. Each side has all of them.
import { createHash } from 'node:crypto';
import { OWN_TABLES, type Replica } from './replica.ts';
import { withShortLocks } from './short-locks.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

/** What makes a trigger fire: PostgreSQL's letters for local writes, for whatever applies a stream, for both. */
type FiredBy = 'O' | 'R' | 'A';
type Triggers = Readonly<Record<string, FiredBy>>;

export interface FencedTable extends Record<string, unknown> {
  readonly table: string;
  readonly partitioned: boolean;
  readonly triggers: Triggers;
}

const LOCAL: Triggers = { strangler_fence: 'O' };
const APPLIED: Triggers = { strangler_apply_fence: 'R', strangler_apply_fence_truncate: 'R' };
const GUARD: Triggers = { strangler_guard: 'A', strangler_guard_truncate: 'A' };

const LONGEST_NAME = 63;

/** A function of its own for each schema, so that its plans are kept. */
const functionName = (kind: string, schema: string): string => {
  const name = `${kind}_${schema}`;
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  return `${kind}_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;
};

/** What stands for the names in the SQL of the fences. */
export const fenceMarks = ({ schema }: Replica) => ({
  schema,
  fence: functionName('fence', schema),
  applyFence: functionName('apply_fence', schema),
});

/** The functions; they refuse nothing before a table has its triggers. Runs in the caller's transaction. */
export const fenceFunctions = (replica: Replica): readonly string[] => [
  sql('create-place'),
  sql('create-fence', fenceMarks(replica)),
  sql('create-apply-fence', fenceMarks(replica)),
  sql('create-guard'),
  sql('protect-advisory-locks'),
];

/** Rows of a partitioned table are applied to its partitions. */
const wanted = ({ table, partitioned }: FencedTable): Triggers => {
  if (table === 'ownership') return GUARD;
  if (table === 'heartbeat') return {};
  return partitioned ? LOCAL : { ...LOCAL, ...APPLIED };
};

const hasAll = ({ triggers }: FencedTable, asked: Triggers): boolean =>
  Object.entries(asked).every(([name, firedBy]) => triggers[name] === firedBy);

const readFences = ({ schema }: Replica, { query }: SideDatabase) =>
  query<FencedTable>(sql('fences', { schema }));

/** Whether a table has every fence that it needs. */
export const isFenced = (table: FencedTable): boolean => hasAll(table, wanted(table));

/**
 * Puts up what is missing, table by table under traffic: a lock on one never waits while another is held.
 * The ownership row has to be there already at a side that goes on to write.
 * @throws {SetupError} where a transaction does not let go of a table.
 */
export async function putUpFences(replica: Replica, side: SideDatabase): Promise<void> {
  const marks = fenceMarks(replica);
  for (const found of await readFences(replica, side)) {
    const { table } = found;
    const put = (name: string) =>
      withShortLocks(side, `the fence of ${replica.schema}.${table}`, [sql(name, { ...marks, table })]);
    if (table === 'ownership') {
      if (!hasAll(found, GUARD)) await put('guard-ownership');
      continue;
    }
    const asked = wanted(found);
    // The second one first: it refuses nothing at a side that does not own.
    if ('strangler_apply_fence' in asked && !hasAll(found, APPLIED)) await put('fence-applied-rows');
    if ('strangler_fence' in asked && !hasAll(found, LOCAL)) await put('fence-table');
    if ('strangler_refuse_local_writes' in found.triggers)
      await dropTrigger(replica, side, table, 'strangler_refuse_local_writes');
  }
}

/** Also those that an earlier version has put up. @throws as {@link putUpFences}. */
export async function takeDownFences(replica: Replica, side: SideDatabase): Promise<void> {
  for (const { table, triggers } of await readFences(replica, side)) {
    if (OWN_TABLES.some((own) => own === table)) continue;
    for (const trigger of Object.keys(triggers)) await dropTrigger(replica, side, table, trigger);
  }
}

const dropTrigger = ({ schema }: Replica, side: SideDatabase, table: string, trigger: string) =>
  withShortLocks(side, `the fence of ${schema}.${table}`, [sql('drop-trigger', { schema, table, trigger })]);
