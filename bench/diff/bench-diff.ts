// npm run bench -- diff: every row compared on both sides, in turn with what anybody would pay who only reads them all.
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { SetupError } from '#platform/setup-error.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { diff } from '../../strangler/ownership/diff/diff.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import type { Side } from '../../strangler/ownership/replica.ts';
import { ratios, summarize, type Summary } from '../arithmetic.ts';
import { openGround, type Ground } from '../replication/ground.ts';

export interface DiffBenchOptions {
  /** Rows of the one large table. */
  readonly products: number;
  readonly rounds: number;
  /** Without fsync; for tests. */
  readonly disposable?: boolean;
  readonly signal?: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface DiffFigures {
  /** At the owner, of all tables. */
  readonly rows: number;
  /** Seconds. */
  readonly read: Summary;
  readonly diff: Summary;
  /** Of a diff to a plain read, round by round. */
  readonly ratio: Summary;
  /** Bytes that a plain read of one side brings to the client. */
  readonly bytes: number;
}

/** @throws {SetupError} where the sides are not found equal: then these are no figures. */
export async function benchDiff(
  { products, rounds, disposable = false, signal, onStep }: DiffBenchOptions,
  shutdown: Shutdown,
): Promise<DiffFigures> {
  onStep(`writing ${products} products`);
  const ground = await openGround(shutdown, products, disposable);
  onStep('copying them to the service');
  await replicate(ground);
  const tables = await tablesOf(ground);
  const [reads, diffs]: [number[], number[]] = [[], []];
  let [rows, bytes] = [0, 0];
  // The first one fills the caches of both.
  for (let round = 0; round <= rounds; round += 1) {
    if (signal?.aborted === true) throw new SetupError('interrupted');
    onStep(`round ${round} of ${rounds}`);
    const begin = performance.now();
    bytes = await readAll(ground, 'monolith', tables);
    await readAll(ground, 'service', tables);
    const between = performance.now();
    const result = await diff(ground);
    const end = performance.now();
    if (result.differences.length > 0 || result.streams.length > 0)
      throw new SetupError(`the sides are not equal: ${JSON.stringify(result)}`);
    rows = result.tables.reduce((sum, table) => sum + table.rows, 0);
    if (round === 0) continue;
    reads.push((between - begin) / 1_000);
    diffs.push((end - between) / 1_000);
  }
  return { rows, bytes, read: summarize(reads), diff: summarize(diffs), ratio: ratios(diffs, reads) };
}

async function tablesOf({ pools, schema }: Ground): Promise<readonly string[]> {
  const { rows } = await pools.monolith.query<{ table: string }>(
    `SELECT relname AS "table" FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`,
    [schema],
  );
  return rows.map(({ table }) => `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`);
}

/** As cheap as a client can have every row. @returns bytes. */
async function readAll({ pools }: Ground, side: Side, tables: readonly string[]): Promise<number> {
  const client = await pools[side].connect();
  let bytes = 0;
  try {
    for (const table of tables) {
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          done();
        },
      });
      await pipeline(client.query(copyTo(`COPY ${table} TO STDOUT`)), sink);
    }
  } finally {
    client.release();
  }
  return bytes;
}
