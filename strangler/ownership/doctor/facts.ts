// What a doctor looks at: all that both sides say of themselves and of each other, also where one of them is down.
import { setTimeout as sleep } from 'node:timers/promises';
import { checkStreams } from '../check-streams.ts';
import { beat } from '../heartbeats.ts';
import { lockIsFree } from '../lock.ts';
import { readIdentity } from '../ownership.ts';
import { filledTables } from '../preconditions.ts';
import { otherSide, type Replica, type Side } from '../replica.ts';
import { DatabaseGone, openOrGone, sqlState, type SideDatabase } from '../side-database.ts';
import { sql } from '../sql.ts';
import { readStatus, type Status } from '../status.ts';
import { compareTables, describeTables } from '../tables.ts';

export interface SideFacts {
  /** Its identity was made for another place: it was copied or restored from there. */
  readonly clone: string | null;
  /** PostgreSQL's code and words for why it takes no heartbeat. */
  readonly refuses: { readonly code: string; readonly words: string } | null;
  /** The number of its last heartbeat, as it has it, and as the other side has it. */
  readonly ownBeat: number | null;
  readonly seenBeat: number | null;
  /** Whether what it wrote just now has come to the other side. */
  readonly arrives: boolean;
}

export interface Facts {
  readonly capability: string;
  readonly status: Status;
  /** Null where it does not answer. */
  readonly sides: Readonly<Record<Side, SideFacts | null>>;
  /** A command that changes the replication is at work. */
  readonly busy: boolean;
  /** What the tables of the sides do not agree on, and tables that do not take the stream: a line each. */
  readonly tables: readonly string[];
  readonly streams: readonly string[];
  /** Tables of the service that have rows, and are not subscribed. */
  readonly filled: readonly string[];
}

type Open = Readonly<Record<Side, SideDatabase | undefined>>;

const ARRIVAL_MS = 10_000;
const POLL_MS = 50;

/** Changes nothing but a heartbeat a side. */
export async function gatherFacts(replica: Replica): Promise<Facts> {
  const open: Open = {
    monolith: await openIfThere(replica, 'monolith'),
    service: await openIfThere(replica, 'service'),
  };
  try {
    const status = await readStatus(replica);
    const beats = await readBeats(replica, status, open);
    const sent = {
      monolith: await send(replica, status, open.monolith),
      service: await send(replica, status, open.service),
    };
    const [monolith, service] = await Promise.all([
      factsOf(replica, status, open, 'monolith', beats, sent.monolith),
      factsOf(replica, status, open, 'service', beats, sent.service),
    ]);
    const both = open.monolith !== undefined && open.service !== undefined;
    const sides = both ? { monolith: open.monolith, service: open.service } : undefined;
    const complete = status.sides.monolith.ownership !== null && status.sides.service.ownership !== null;
    return {
      capability: replica.capability,
      status,
      sides: { monolith, service },
      busy: !(await allFree(Object.values(open))),
      tables:
        sides === undefined
          ? []
          : compareTables(
              replica.schema,
              await describeTables(replica, sides.monolith),
              await describeTables(replica, sides.service),
            ),
      filled:
        open.service === undefined
          ? []
          : await filledTables(replica, open.service, await describeTables(replica, open.service)),
      streams: sides === undefined || !complete ? [] : (await checkStreams(replica, sides)).problems,
    };
  } finally {
    await open.monolith?.close();
    await open.service?.close();
  }
}

async function openIfThere(replica: Replica, side: Side): Promise<SideDatabase | undefined> {
  const found = await openOrGone(replica, side);
  return found instanceof DatabaseGone ? undefined : found;
}

async function allFree(sides: readonly (SideDatabase | undefined)[]): Promise<boolean> {
  for (const side of sides) if (side !== undefined && !(await lockIsFree(side))) return false;
  return true;
}

/** By the side that has them: the numbers of both sides' heartbeats. */
type Beats = Readonly<Record<Side, Readonly<Partial<Record<Side, number>>>>>;

/** Each side's own number is read after the other's of it, so that it can only be higher. */
async function readBeats(replica: Replica, status: Status, open: Open): Promise<Beats> {
  const beats: Record<Side, Partial<Record<Side, number>>> = { monolith: {}, service: {} };
  for (const writer of ['monolith', 'service'] as const)
    for (const at of [otherSide(writer), writer]) {
      const side = open[at];
      if (side === undefined || status.sides[at].ownership === null) continue;
      const [row] = await side.query<{ beat: number }>(
        sql('read-beat', { schema: replica.schema, side: writer }),
      );
      if (row !== undefined) beats[at][writer] = row.beat;
    }
  return beats;
}

type Sent = { readonly beat: number | undefined } | { readonly code: string; readonly words: string };

async function send(replica: Replica, status: Status, side: SideDatabase | undefined): Promise<Sent> {
  if (side === undefined || status.sides[side.side].ownership === null) return { beat: undefined };
  try {
    return { beat: await beat(replica, side) };
  } catch (error) {
    return { code: sqlState(error) ?? '', words: (error as Error).message };
  }
}

async function factsOf(
  replica: Replica,
  status: Status,
  open: Open,
  of: Side,
  beats: Beats,
  sent: Sent,
): Promise<SideFacts | null> {
  const side = open[of];
  if (side === undefined) return null;
  // Where nothing is installed, or copied, nothing can come.
  const to = status.sides[otherSide(of)].ownership === null ? undefined : open[otherSide(of)];
  return {
    clone: await cloneOf(side),
    refuses: 'code' in sent ? sent : null,
    ownBeat: beats[of][of] ?? null,
    seenBeat: beats[otherSide(of)][of] ?? null,
    arrives: 'beat' in sent && sent.beat !== undefined && (await arrived(replica, to, of, sent.beat)),
  };
}

/** @returns the name of the database that it was copied from, or was under another number. */
async function cloneOf(side: SideDatabase): Promise<string | null> {
  const identity = await readIdentity(side);
  if (identity === undefined) return null;
  const self = await side.query('SELECT FROM strangler.self()');
  return self.length === 0 ? identity.database : null;
}

async function arrived(
  { schema }: Replica,
  at: SideDatabase | undefined,
  from: Side,
  sent: number,
): Promise<boolean> {
  const deadline = performance.now() + ARRIVAL_MS;
  while (at !== undefined && performance.now() < deadline) {
    const [row] = await at.query<{ beat: number }>(sql('read-beat', { schema, side: from }));
    if ((row?.beat ?? -1) >= sent) return true;
    await sleep(POLL_MS);
  }
  return false;
}
