// Whether a PostgreSQL server has room for replication, and in one line what to raise where it has not.
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

const SETTINGS = [
  'max_replication_slots',
  'max_wal_senders',
  'max_logical_replication_workers',
  'max_active_replication_origins',
  'max_worker_processes',
] as const;
type SettingName = (typeof SETTINGS)[number];
type Amounts = Readonly<Record<SettingName, number>>;

export interface Capacity {
  readonly walLevel: string;
  /** Tables that one subscription copies at once. */
  readonly copiers: number;
  readonly has: Amounts;
  readonly used: Amounts;
}

/** What one direction takes of the cluster that sends, and of the one that receives. */
export interface Load {
  readonly sends: number;
  readonly receives: number;
  /** Whether one of those that are received begins with a copy. */
  readonly copies: boolean;
}

/** For four capabilities both ways on one cluster: eight streams, four of which begin with a copy. */
const ADVISED: Amounts = {
  max_replication_slots: 16,
  max_wal_senders: 16,
  max_logical_replication_workers: 16,
  max_active_replication_origins: 16,
  max_worker_processes: 20,
};

export async function readCapacity({ query }: SideDatabase): Promise<Capacity> {
  interface Row {
    readonly wal_level: string;
    readonly copiers: number;
    readonly settings: Readonly<Record<SettingName, readonly [number, number]>>;
  }
  const [row] = await query<Row>(sql('capacity'));
  if (row === undefined) throw new Error('no capacity');
  const pick = (index: 0 | 1) =>
    Object.fromEntries(SETTINGS.map((name) => [name, row.settings[name][index]])) as Record<
      SettingName,
      number
    >;
  return { walLevel: row.wal_level, copiers: row.copiers, has: pick(0), used: pick(1) };
}

/** What a cluster needs beyond what is in use, for streams that do not run yet. */
export function neededFor({ sends, receives, copies }: Load, copiers: number): Amounts {
  // A copy begins with a slot, a sender, a worker and an origin of its own for each table that is under way;
  // one at a time will do for workers.
  const copying = copies ? copiers : 0;
  const workers = receives + (copies ? 1 : 0);
  return {
    max_replication_slots: sends + (sends > 0 ? copying : 0),
    max_wal_senders: sends + (sends > 0 ? copying : 0),
    max_logical_replication_workers: workers,
    max_active_replication_origins: receives + (receives > 0 ? copying : 0),
    max_worker_processes: workers,
  };
}

/** @returns one line: what has to be raised before these streams can run; undefined where nothing has. */
export function shortage(capacity: Capacity, load: Load): string | undefined {
  const needed = neededFor(load, capacity.copiers);
  const raise: Partial<Record<SettingName, number>> = {};
  for (const name of SETTINGS) {
    const wanted = capacity.used[name] + needed[name];
    if (wanted > capacity.has[name]) raise[name] = Math.max(wanted, ADVISED[name]);
  }
  return remedy(capacity.walLevel, raise);
}

/** @returns one line: what will not do for four capabilities; undefined where everything will. */
export function advice({ walLevel, has }: Capacity): string | undefined {
  const raise = SETTINGS.filter((name) => has[name] < ADVISED[name]).map((name) => [name, ADVISED[name]]);
  return remedy(walLevel, Object.fromEntries(raise) as Partial<Amounts>);
}

function remedy(walLevel: string, raise: Partial<Amounts>): string | undefined {
  const settings = [
    ...(walLevel === 'logical' ? [] : ["wal_level = 'logical'"]),
    ...Object.entries(raise).map(([name, value]) => `${name} = ${value}`),
  ];
  if (settings.length === 0) return undefined;
  return `${settings.map((setting) => `ALTER SYSTEM SET ${setting}`).join('; ')}; then restart PostgreSQL`;
}
