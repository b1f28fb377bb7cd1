// What the fence costs writers: the same one-row statements at one table, with its fences up and taken down in turn.
import { Client } from 'pg';
import { newId } from '#platform/ids.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { putUpFences, takeDownFences } from '../../strangler/ownership/fence.ts';
import { installAtMonolith } from '../../strangler/ownership/install.ts';
import type { Replica } from '../../strangler/ownership/replica.ts';
import { openSide, type SideDatabase } from '../../strangler/ownership/side-database.ts';
import { inTurn, median } from '../arithmetic.ts';
import { runLoop } from '../client/loop.ts';

export interface FenceOptions {
  readonly rounds: number;
  /** Of each kind in each way, in all rounds together. */
  readonly seconds: number;
  /** How many write at once, each over a connection of its own. */
  readonly writers: number;
  readonly onStep: (step: string) => void;
}

/** Writes a second, the median of the rounds; and what stood on the table meanwhile. */
interface WayFigures {
  readonly throughput: number;
  readonly triggers: number;
}

export interface FenceFigures {
  readonly kind: Kind;
  readonly bare: WayFigures;
  readonly fenced: WayFigures;
  /** The share of the throughput that the fence takes, each round's two ways beside each other. */
  readonly cost: { readonly median: number; readonly min: number; readonly max: number };
  readonly bar: number;
}

const WAYS = ['bare', 'fenced'] as const;
type Way = (typeof WAYS)[number];

const KINDS = ['UPDATE', 'INSERT'] as const;
type Kind = (typeof KINDS)[number];

/** Nothing but the row and its key, so that whatever a write costs beside weighs as much as it ever can. */
const STATEMENTS: Readonly<Record<Kind, string>> = {
  UPDATE: 'UPDATE fence_bench.entries SET amount = amount + 1 WHERE id = $1',
  INSERT: 'INSERT INTO fence_bench.entries (id, amount) VALUES ($1, 0)',
};

const BAR = 0.1;
const DATABASE = 'bench_fence';
const ROWS = 1_000;
const MAKE_TABLE = `
  CREATE SCHEMA fence_bench;
  CREATE TABLE fence_bench.entries (id uuid PRIMARY KEY, amount bigint NOT NULL)`;
const TRIGGERS = `
  SELECT count(*)::int AS triggers FROM pg_trigger
  WHERE tgrelid = 'fence_bench.entries'::regclass AND NOT tgisinternal`;

/** @param serverUrl of a PostgreSQL, as an administrator: the table gets a database there. */
export async function measureFence(
  serverUrl: string,
  options: FenceOptions,
): Promise<readonly FenceFigures[]> {
  await withClient(serverUrl, (admin) => admin.query(`CREATE DATABASE ${DATABASE}`));
  const url = databaseUrl(serverUrl, DATABASE);
  await withClient(url, (admin) => admin.query(MAKE_TABLE));
  // Nothing is replicated: the service is never looked at.
  const replica: Replica = {
    ...{ capability: 'fence_bench', schema: 'fence_bench' },
    urls: { monolith: url, service: url },
  };
  const side = await openSide(replica, 'monolith');
  const sessions = Array.from({ length: options.writers }, () => new Client({ connectionString: url }));
  try {
    for (const session of sessions) {
      session.on('error', () => undefined);
      await session.connect();
    }
    await installAtMonolith(replica, side);
    return await compare(replica, side, sessions, options);
  } finally {
    await Promise.allSettled([side.close(), ...sessions.map((session) => session.end())]);
  }
}

interface Turn {
  readonly kind: Kind;
  readonly way: Way;
  readonly throughput: number;
  readonly triggers: number;
}

async function compare(
  replica: Replica,
  side: SideDatabase,
  sessions: readonly Client[],
  { rounds, seconds, onStep }: FenceOptions,
): Promise<readonly FenceFigures[]> {
  const ids = Array.from({ length: ROWS }, () => newId());
  await side.query('INSERT INTO fence_bench.entries SELECT unnest($1::uuid[]), 0', [ids]);
  const write = async (kind: Kind): Promise<number> => {
    const done = await runLoop(
      { parallel: sessions.length, seconds: seconds / rounds },
      async (worker, index) => {
        const id = kind === 'UPDATE' ? ids[index % ROWS] : newId();
        await sessions[worker]?.query({ name: kind, text: STATEMENTS[kind], values: [id] });
        return undefined;
      },
    );
    return done.requests / done.seconds;
  };
  const turns: Turn[] = [];
  for (const [round, ways] of inTurn(WAYS, rounds).entries()) {
    onStep(`fence, round ${round + 1} of ${rounds}`);
    for (const way of ways) {
      await (way === 'fenced' ? putUpFences : takeDownFences)(replica, side);
      const [found] = await side.query<{ triggers: number }>(TRIGGERS);
      for (const kind of KINDS)
        turns.push({ kind, way, throughput: await write(kind), triggers: found?.triggers ?? 0 });
    }
  }
  return KINDS.map((kind) =>
    figuresOf(
      kind,
      turns.filter((turn) => turn.kind === kind),
    ),
  );
}

/** @param turns of all rounds, in their order. */
function figuresOf(kind: Kind, turns: readonly Turn[]): FenceFigures {
  const of = (way: Way) => turns.filter((turn) => turn.way === way);
  const way = (taken: readonly Turn[]): WayFigures => ({
    throughput: median(taken.map(({ throughput }) => throughput)),
    triggers: Math.max(...taken.map(({ triggers }) => triggers)),
  });
  const [bare, fenced] = [of('bare'), of('fenced')];
  const costs = fenced.map(({ throughput }, round) => 1 - throughput / (bare[round] as Turn).throughput);
  return {
    ...{ kind, bare: way(bare), fenced: way(fenced) },
    cost: { median: median(costs), min: Math.min(...costs), max: Math.max(...costs) },
    bar: BAR,
  };
}
