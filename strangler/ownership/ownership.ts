// The row that says who may write a capability's tables, as one side has it.
import type { Replica, Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

export interface Ownership {
  /** Grows with every grant. */
  readonly epoch: number;
  /** Grows with every attempt at one. */
  readonly attempt: number;
  readonly owner: Side;
  readonly state: 'ACTIVE' | 'DRAINING';
  readonly target: Side | null;
}

/** @returns undefined where replication is not installed, or has not brought the row yet. */
export async function readOwnership(
  { schema }: Replica,
  { query }: SideDatabase,
): Promise<Ownership | undefined> {
  const [found] = await query<{ installed: boolean }>(sql('is-installed', { schema }));
  if (found?.installed !== true) return undefined;
  const [row] = await query<Ownership & Record<string, unknown>>(sql('read-ownership', { schema }));
  return row;
}

/** @returns of what the two sides have, the row that counts; undefined where neither, or only one, has any. */
export function newestOf(
  atMonolith: Ownership | undefined,
  atService: Ownership | undefined,
): Ownership | undefined {
  if (atMonolith === undefined || atService === undefined) return undefined;
  if (atMonolith.epoch !== atService.epoch)
    return atMonolith.epoch > atService.epoch ? atMonolith : atService;
  // Within an epoch only the owner's own row is the newest.
  return atMonolith.owner === 'monolith' ? atMonolith : atService;
}

/** What a database says that it is; undefined where it has not been told. */
export interface Identity {
  readonly side: Side;
  readonly systemIdentifier: string;
  readonly database: string;
}

export async function readIdentity({ query }: SideDatabase): Promise<Identity | undefined> {
  const [found] = await query<{ known: boolean }>(
    `SELECT to_regclass('strangler.identity') IS NOT NULL AS known`,
  );
  if (found?.known !== true) return undefined;
  const [row] = await query<Identity & Record<string, unknown>>(
    'SELECT side, system_identifier AS "systemIdentifier", database FROM strangler.identity',
  );
  return row;
}
