// The plans and their audit log, in SQL: a change and the note of it are one transaction.
import { newId } from '#platform/ids.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { Plan } from '../plans/plan.ts';
import { inTransaction, type Query } from './database.ts';

/** What is stored of a plan: its phase follows from it. */
export type StoredPlan = Omit<Plan, 'phase'>;

interface Noted {
  /** A UUIDv7: a later entry has a greater one. */
  readonly id: string;
  readonly at: Date;
  readonly who: string;
  /** `reads`. */
  readonly verb: string;
}

export interface PlanEntry extends Noted {
  readonly before: Plan;
  readonly after: Plan;
}

export interface StepEntry extends Noted {
  readonly step: Step;
}

/** A step of a move of ownership. */
export interface Step {
  readonly capability: string;
  /** One of `MoveStep`, or `failed`. */
  readonly step: string;
  readonly durationMs: number;
  /** Null where nobody knew. */
  readonly before: Ownership | null;
  readonly after: Ownership | null;
  /** Of a failure. */
  readonly reason?: string;
}

export type AuditEntry = PlanEntry | StepEntry;

export interface Change {
  readonly before: Plan;
  /** With the next version. */
  readonly after: Plan;
  readonly who: string;
  readonly verb: string;
}

const READ = `
  SELECT capability, service_percent AS "servicePercent", shadow_percent AS "shadowPercent",
         version::float8 AS version
  FROM switch.plans`;

interface PlanRow {
  readonly capability: string;
  readonly servicePercent: number;
  readonly shadowPercent: number;
  readonly version: number;
}

const fromRow = ({ capability, version, ...reads }: PlanRow): StoredPlan => ({ capability, reads, version });

/** Only those that were ever changed. */
export const readPlans = async (query: Query): Promise<readonly StoredPlan[]> =>
  (await query<PlanRow>(READ)).map(fromRow);

/** @returns undefined for one that was never changed. */
export async function readPlan(query: Query, capability: string): Promise<StoredPlan | undefined> {
  const [row] = await query<PlanRow>(`${READ} WHERE capability = $1`, [capability]);
  return row && fromRow(row);
}

/**
 * @param query of a session.
 * @returns false where the plan in the database is not the one before: nothing was done then.
 */
export async function writePlan(query: Query, { before, after, who, verb }: Change): Promise<boolean> {
  const { capability, version } = after;
  const { servicePercent, shadowPercent } = after.reads;
  return inTransaction(query, async () => {
    const written = await query(
      `INSERT INTO switch.plans AS plan (capability, service_percent, shadow_percent, version)
       SELECT $1::text, $2::int, $3::int, $4::bigint
       WHERE $5::bigint = 0 OR EXISTS (SELECT FROM switch.plans WHERE capability = $1)
       ON CONFLICT (capability) DO UPDATE
       SET service_percent = $2, shadow_percent = $3, version = $4, changed_at = now()
       WHERE plan.version = $5
       RETURNING capability`,
      [capability, servicePercent, shadowPercent, version, before.version],
    );
    if (written.length === 0) return false;
    await query(WRITE_ENTRY, [newId(), who, verb, capability, JSON.stringify(before), JSON.stringify(after)]);
    return true;
  });
}

const WRITE_ENTRY = `
  INSERT INTO switch.audit_entries (id, who, verb, capability, before, after) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (id) DO NOTHING`;

/** May be repeated. A step has both rows in itself, and so stands in the second column alone. */
export const writeStep = (query: Query, { id, who, verb, step }: Omit<StepEntry, 'at'>) =>
  query(WRITE_ENTRY, [
    id,
    who,
    verb,
    step.capability,
    JSON.stringify({ step: null }),
    JSON.stringify({ step }),
  ]);

/** The newest first. @param before the id of an entry: only older ones. */
export async function readAudit(
  query: Query,
  capability: string | undefined,
  limit: number,
  before: string | undefined,
): Promise<readonly AuditEntry[]> {
  const rows = await query<Noted & { before: Plan; after: Plan | { step: Step } }>(
    `SELECT id, at, who, verb, before, after FROM switch.audit_entries
     WHERE ($1::text IS NULL OR capability = $1) AND ($2::uuid IS NULL OR id < $2)
     ORDER BY id DESC LIMIT $3`,
    [capability ?? null, before ?? null, limit],
  );
  return rows.map(({ id, at, who, verb, ...row }) =>
    'step' in row.after
      ? { id, at, who, verb, step: row.after.step }
      : { id, at, who, verb, before: row.before, after: row.after },
  );
}
