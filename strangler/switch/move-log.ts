// What a move leaves in the audit log: its lines go straight to the switch's database, so that it needs no switch that
// runs, and beside the move, which waits for none of them while nobody may write.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { newId } from '#platform/ids.ts';
import type { Query } from './database.ts';
import { withDatabase } from './known-plans.ts';
import { writeStep, type Step, type StepEntry } from './plan-store.ts';

export interface MoveLog {
  /** Of one session, for the lock on the plan; undefined where the database does not answer. */
  readonly query: Query | undefined;
  readonly note: (step: Step) => void;
  /**
   * Waits for the lines, and sends again what did not arrive, for a bounded time.
   * @returns one line, where some are missing.
   */
  readonly close: () => Promise<string | undefined>;
}

type Line = Omit<StepEntry, 'at'>;

const TIMEOUT_MS = 3_000;
const PATIENCE_MS = 5_000;
const PAUSE_MS = 250;

/** Never fails. @param plansUrl as an administrator; undefined where no switch has ever kept a plan. */
export async function openMoveLog(plansUrl: string | undefined, who: string): Promise<MoveLog> {
  const missing = new Map<string, Line>();
  let reason = 'there is no database of the switch: npm start makes it';
  let client = plansUrl === undefined ? undefined : await connect(plansUrl);
  let writing = Promise.resolve();
  const query: Query | undefined =
    client && (async (text, values = []) => (await client?.query(text, [...values]))?.rows as never);

  async function write(line: Line, by: Query): Promise<void> {
    await writeStep(by, line);
    missing.delete(line.id);
  }

  async function connect(url: string): Promise<Client | undefined> {
    const opened = new Client({
      connectionString: url,
      application_name: 'switch writes',
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    opened.on('error', () => undefined);
    try {
      await opened.connect();
      return opened;
    } catch (error) {
      reason = (error as Error).message;
      await opened.end().catch(() => undefined);
      return undefined;
    }
  }

  async function sendAgain(url: string): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS; missing.size > 0; await sleep(PAUSE_MS)) {
      try {
        await withDatabase(url, async (by) => {
          for (const line of missing.values()) await write(line, by);
        });
        return;
      } catch (error) {
        reason = (error as Error).message;
        if (performance.now() > deadline) return;
      }
    }
  }

  return {
    query,
    note(step) {
      const line = { id: newId(), who, verb: 'writes', step };
      missing.set(line.id, line);
      if (query !== undefined)
        writing = writing
          .then(() => write(line, query))
          .catch((error: Error) => void (reason = error.message));
    },
    async close() {
      await writing;
      if (plansUrl !== undefined) await sendAgain(plansUrl);
      await client?.end().catch(() => undefined);
      client = undefined;
      return missing.size === 0
        ? undefined
        : `the audit log lacks ${missing.size} steps of this, ${[...missing.values()].map(({ step }) => step.step).join(', ')}: ${reason}`;
    },
  };
}
