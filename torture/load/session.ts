// A caller's connection to one side, made again where it broke, and what came of each try: done, refused, or unknown.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Dice } from '../../load/dice.ts';
import type { Side } from '../../strangler/ownership/replica.ts';
import { sqlState } from '../../strangler/ownership/side-database.ts';
import type { Answer, Operation } from './history.ts';

export type Try =
  | { readonly is: 'done'; readonly answer: Answer }
  /** Nothing has happened, and the owner is as told. */
  | { readonly is: 'fenced'; readonly owner: Side | undefined }
  /** Nothing has happened. */
  | { readonly is: 'not-done'; readonly reason: string }
  | { readonly is: 'unknown'; readonly reason: string }
  /** An answer that nobody may get. */
  | { readonly is: 'wrong'; readonly reason: string };

export interface Session {
  readonly attempt: (operation: Operation, key: string, done: string | null) => Promise<Try>;
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 1_000;
/** Above a transaction's longest life, so that it ends by itself where it can. */
const ANSWER_TIMEOUT_MS = 2_500;

/** A part of the callers works in transactions of several statements, some with a pause in them. */
const PERCENT_OF_ONE_STATEMENT = 70;
const LONGEST_PAUSE_MS = 20;
const BEGINS = [
  'BEGIN',
  'BEGIN',
  'BEGIN ISOLATION LEVEL REPEATABLE READ',
  'BEGIN ISOLATION LEVEL SERIALIZABLE',
] as const;

const PERFORM = 'SELECT torture_calls.perform($1, $2, $3, $4, $5, $6) AS answer';

const FENCED = 'SH001';
/** A deadlock or an old snapshot; a lock or a transaction that took too long. Each ends the transaction without effect. */
const WITHOUT_EFFECT = /^(40001|40P01|55P03|57014|25P03|25P04)$/;
/** The server goes down, is going up, or is gone. */
const GONE = /^(57P0\d|08\w{3}|53300|ECONN\w+|EPIPE|ETIMEDOUT)$/;
const GONE_WORDS = /Connection terminated|timeout|not queryable|was closed|transaction is aborted/;

/** @param dice by which it chooses how it writes. */
export function openSession(url: string, dice: Dice): Session {
  let client: Client | undefined;

  function drop(): void {
    // Not `end`, which would wait for whom does not answer.
    (
      client as unknown as { connection: { stream: { destroy: () => void } } } | undefined
    )?.connection.stream.destroy();
    client = undefined;
  }

  async function connected(): Promise<Client> {
    if (client !== undefined) return client;
    const fresh = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
    fresh.on('error', () => {
      if (client === fresh) client = undefined;
    });
    await fresh.connect();
    return (client = fresh);
  }

  async function attempt(operation: Operation, key: string, done: string | null): Promise<Try> {
    let session: Client;
    try {
      session = await connected();
    } catch (error) {
      return { is: 'not-done', reason: `no connection: ${(error as Error).message}` };
    }
    let mayBeCommitted = true;
    try {
      const values = [key, done, operation.kind, ...parametersOf(operation)];
      const perform = async () =>
        (await session.query<{ answer: Answer }>(PERFORM, values)).rows[0]?.answer as Answer;
      if (dice.chance(PERCENT_OF_ONE_STATEMENT)) return { is: 'done', answer: await perform() };
      mayBeCommitted = false;
      await session.query(dice.pick(BEGINS));
      const answer = await perform();
      if (dice.chance(50)) await sleep(dice.below(LONGEST_PAUSE_MS));
      mayBeCommitted = true;
      const { command } = await session.query('COMMIT');
      // PostgreSQL answers so where an error has ended the transaction before.
      if (command !== 'COMMIT') return { is: 'not-done', reason: 'rolled back' };
      return { is: 'done', answer };
    } catch (error) {
      return await judge(error, session, mayBeCommitted);
    }
  }

  async function judge(error: unknown, session: Client, mayBeCommitted: boolean): Promise<Try> {
    const state = sqlState(error) ?? '';
    const { message } = error as Error;
    if (state === FENCED || WITHOUT_EFFECT.test(state)) {
      await session.query('ROLLBACK').catch(drop);
      if (state !== FENCED) return { is: 'not-done', reason: message };
      return { is: 'fenced', owner: ownerIn(error) };
    }
    drop();
    if (!GONE.test(state) && !GONE_WORDS.test(message)) return { is: 'wrong', reason: `${state} ${message}` };
    return mayBeCommitted ? { is: 'unknown', reason: message } : { is: 'not-done', reason: message };
  }

  return {
    attempt,
    async close() {
      await client?.end().catch(() => undefined);
    },
  };
}

function ownerIn(error: unknown): Side | undefined {
  try {
    const { owner, state } = JSON.parse((error as { detail?: string }).detail ?? '') as {
      owner: Side | null;
      state: string | null;
    };
    return state === 'ACTIVE' && owner !== null ? owner : undefined;
  } catch {
    return undefined;
  }
}

function parametersOf(operation: Operation): readonly (number | null)[] {
  switch (operation.kind) {
    case 'add':
      return [operation.element, null, null];
    case 'read':
      return [operation.register, null, null];
    case 'compare-and-set':
      return [operation.register, operation.expected, operation.value];
    case 'transfer':
      return [operation.from, operation.to, operation.amount];
  }
}
