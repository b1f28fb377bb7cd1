// What gateways reported of their comparisons, in SQL: mismatches with their differences, and counts by outcome.
import { newId } from '#platform/ids.ts';
import { inTransaction, type Query } from './database.ts';

export interface Difference {
  /** `/products/0/price/amount`. */
  readonly at: string;
  /** As JSON; undefined where that side has nothing there. */
  readonly monolith?: string | undefined;
  readonly service?: string | undefined;
}

export interface Mismatch {
  /** A UUID, given by whoever found it. */
  readonly id: string;
  readonly capability: string;
  readonly at: Date;
  readonly request: { readonly method: string; readonly path: string };
  readonly kind: string;
  readonly differences: readonly Difference[];
  /** Of the monolith's answer; empty where it is not known. */
  readonly position: string;
}

export interface ShadowCounts {
  readonly match: number;
  readonly mismatch: number;
  readonly lag: number;
  readonly inconclusive: number;
}

export interface CapabilityShadow {
  readonly capability: string;
  readonly counts: ShadowCounts;
  readonly reportedAt: Date;
}

/** Of each capability; whoever has more has one fault a thousand times. */
const KEPT = 1_000;

/** One that is there already, by its id, stays as it is. @param query of a session. */
export const storeMismatches = (query: Query, mismatches: readonly Mismatch[]): Promise<void> =>
  inTransaction(query, async () => {
    for (const { id, capability, at, request, kind, differences, position } of mismatches) {
      await query(
        `INSERT INTO switch.mismatches (arrival, id, capability, at, method, path, kind, differences, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
        [
          ...[newId(), id, capability, at, request.method, request.path, kind],
          ...[JSON.stringify(differences), position],
        ],
      );
    }
    for (const capability of new Set(mismatches.map((mismatch) => mismatch.capability))) {
      await query(
        `DELETE FROM switch.mismatches WHERE capability = $1 AND arrival <= (
           SELECT arrival FROM switch.mismatches WHERE capability = $1 ORDER BY arrival DESC OFFSET $2 LIMIT 1)`,
        [capability, KEPT],
      );
    }
  });

export type StoredMismatch = Mismatch & {
  /** A UUIDv7: what was reported later has a greater one. */
  readonly arrival: string;
};

/** Those that were reported last first. @param before the arrival of one: only earlier ones. */
export const readMismatches = (
  query: Query,
  capability: string,
  limit: number,
  before: string | undefined,
): Promise<readonly StoredMismatch[]> =>
  query<StoredMismatch & Record<string, unknown>>(
    `SELECT arrival, id, capability, at, json_build_object('method', method, 'path', path) AS request,
            kind, differences, position
     FROM switch.mismatches WHERE capability = $1 AND ($2::uuid IS NULL OR arrival < $2)
     ORDER BY arrival DESC LIMIT $3`,
    [capability, before ?? null, limit],
  );

/** Counts of one process never go down, so reports may be repeated, and may overtake each other. */
export const storeShadow = async (
  query: Query,
  capability: string,
  reporter: string,
  { match, mismatch, lag, inconclusive }: ShadowCounts,
): Promise<void> =>
  void (await query(
    `INSERT INTO switch.shadow_counts AS known (capability, reporter, match, mismatch, lag, inconclusive)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (capability, reporter) DO UPDATE SET
       match = greatest(known.match, excluded.match),
       mismatch = greatest(known.mismatch, excluded.mismatch),
       lag = greatest(known.lag, excluded.lag),
       inconclusive = greatest(known.inconclusive, excluded.inconclusive),
       reported_at = now()`,
    [capability, reporter, match, mismatch, lag, inconclusive],
  ));

/** The sums of all reporters, by the name of the capability. */
export const readShadow = (query: Query): Promise<readonly CapabilityShadow[]> =>
  query<CapabilityShadow & Record<string, unknown>>(
    `SELECT capability, max(reported_at) AS "reportedAt", json_build_object(
       'match', sum(match), 'mismatch', sum(mismatch), 'lag', sum(lag), 'inconclusive', sum(inconclusive)) AS counts
     FROM switch.shadow_counts GROUP BY capability ORDER BY capability`,
  );
