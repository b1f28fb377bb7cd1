// One capability's tables on both sides: where they lie, and what everything that replication makes for them is called.
import { createHash } from 'node:crypto';

export type Side = 'monolith' | 'service';

export const otherSide = (side: Side): Side => (side === 'monolith' ? 'service' : 'monolith');

/** What is to be replicated: all that this folder needs to know of a capability. */
export interface Replica {
  /** `catalog`. */
  readonly capability: string;
  /** The PostgreSQL schema that holds its tables, on both sides. */
  readonly schema: string;
  /** To each side's database, as a login that may do what the preconditions name: a superuser, at best. */
  readonly urls: Readonly<Record<Side, string>>;
}

/** Changes flow to both sides from the start; only the first copy of the rows goes one way. */
export interface Direction {
  readonly from: Side;
  readonly to: Side;
  /** Whether the rows that stand already are copied. */
  readonly copies: boolean;
}

export const FORWARD: Direction = { from: 'monolith', to: 'service', copies: true };
export const REVERSE: Direction = { from: 'service', to: 'monolith', copies: false };
export const DIRECTIONS = [FORWARD, REVERSE] as const;

/** The tables that replication adds to the capability's schema, and publishes with it. */
export const OWN_TABLES = ['ownership', 'heartbeat'] as const;

const LONGEST_NAME = 63;

export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

/** A publication is known in its own database only. */
export const publicationName = ({ capability }: Replica): string => `strangler_${capability}`;

/**
 * Of a direction's slot and of its subscription. Slots are known in the whole cluster, which may hold several
 * shops: so the name begins with the database that the changes come from.
 */
export function streamName(replica: Replica, { from, to }: Direction): string {
  const name = `${databaseOf(replica.urls[from])}_${replica.capability}_to_${to}`;
  if (/^[a-z0-9_]+$/.test(name) && name.length <= LONGEST_NAME) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const readable = name.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  return `${readable.slice(-(LONGEST_NAME - digest.length - 1))}_${digest}`;
}
