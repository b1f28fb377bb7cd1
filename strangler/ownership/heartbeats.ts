// Each side writes its heartbeat, and finds the other's replicated: the proof that both directions work, and how late.
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '#platform/setup-error.ts';
import { otherSide, type Replica, type Side } from './replica.ts';
import { openSide, sqlState, type SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';

const INTERVAL_MS = 100;
const RECONNECT_MS = 500;
const ROUND_TRIP_DEADLINE_MS = 30_000;
const POLL_MS = 10;

export interface Heartbeats {
  /** The last beat that each side has written by this process, and the error that keeps it from writing. */
  readonly state: () => Readonly<
    Record<Side, { readonly beat: number | null; readonly error: string | null }>
  >;
  readonly stop: () => Promise<void>;
}

/** The statement that writes a side's row. */
export const beatText = ({ schema }: Replica, side: Side): string => sql('beat', { schema, side });

const UNDEFINED_COLUMN = '42703';
const UNDEFINED_TABLE = '42P01';

/**
 * Writes one side's row.
 * @returns the number of its beat; undefined where the row has not come there yet.
 * @throws {SetupError} where an earlier version has installed it, or a stop has removed it.
 */
export async function beat(replica: Replica, { side, query }: SideDatabase): Promise<number | undefined> {
  const { capability } = replica;
  try {
    const [row] = await query<{ beat: number }>(beatText(replica, side));
    return row?.beat;
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE)
      throw new SetupError(`the replication of ${capability} was stopped meanwhile`, { cause: error });
    if (sqlState(error) !== UNDEFINED_COLUMN) throw error;
    throw new SetupError(
      `an earlier version installed the replication at the ${side}: npm run switch -- replicate ${capability}`,
      { cause: error },
    );
  }
}

/** Writes both rows, every 100 ms each, until it is stopped; a database that goes away is waited for. */
export function startHeartbeats(replica: Replica): Heartbeats {
  const stopping = new AbortController();
  const state = { monolith: { beat: null, error: null }, service: { beat: null, error: null } } as Record<
    Side,
    { beat: number | null; error: string | null }
  >;

  async function keepBeating(side: Side): Promise<void> {
    while (!stopping.signal.aborted) {
      let database: SideDatabase | undefined;
      try {
        database = await openSide(replica, side);
        while (!stopping.signal.aborted) {
          state[side] = { beat: (await beat(replica, database)) ?? null, error: null };
          await pause(INTERVAL_MS);
        }
      } catch (error) {
        state[side] = { beat: state[side].beat, error: (error as Error).message };
        await pause(RECONNECT_MS);
      } finally {
        await database?.close();
      }
    }
  }
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  const running = Promise.all([keepBeating('monolith'), keepBeating('service')]);
  return {
    state: () => ({ ...state }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Sends one beat each way, and waits for it.
 * @returns milliseconds, by the side that it came to.
 * @throws {SetupError} where one does not arrive.
 */
export async function verifyRoundTrip(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
  deadlineMs = ROUND_TRIP_DEADLINE_MS,
): Promise<Readonly<Record<Side, number>>> {
  const service = await travel(replica, sides, 'monolith', deadlineMs);
  const monolith = await travel(replica, sides, 'service', deadlineMs);
  return { monolith, service };
}

/** One beat. @returns milliseconds. @throws {SetupError} where it does not arrive. */
export async function travel(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
  from: Side,
  deadlineMs: number,
): Promise<number> {
  const begin = performance.now();
  const sent = await beat(replica, sides[from]);
  const to = otherSide(from);
  while (sent !== undefined && performance.now() - begin < deadlineMs) {
    const [row] = await sides[to].query<{ beat: number }>(
      sql('read-beat', { schema: replica.schema, side: from }),
    );
    if ((row?.beat ?? -1) >= sent) return performance.now() - begin;
    await sleep(POLL_MS);
  }
  throw new SetupError(
    `what the ${from} writes does not arrive at the ${to}: npm run switch -- status ${replica.capability}`,
  );
}
