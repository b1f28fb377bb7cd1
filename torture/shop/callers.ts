// Administrators of the shop, who know the gateway's address and nothing else: each call is repeated under its key until
// it is answered, or patience ends.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDice } from '../../load/dice.ts';
import type { Side } from '../../strangler/ownership/replica.ts';
import { startTurns, type Callers, type TurnsOptions } from '../load/turns.ts';
import { openClient, type ShopAnswer, type ShopClient } from './client.ts';
import { INITIAL_PRICE } from './databases.ts';
import { noteUnexpected, type ShopHistory, type ShopOperation } from './history.ts';
import { amountIn, record, requestOf } from './operations.ts';
import type { Shop } from './shop.ts';

export interface CallersOptions extends TurnsOptions {
  readonly shop: Pick<Shop, 'products' | 'processes' | 'secret'>;
  readonly history: ShopHistory;
  readonly seed: number;
  readonly disturbedSince: (time: number) => boolean;
  readonly onAcknowledged: (side: Side, time: number) => void;
}

/** How long one call is tried. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 50;
const FIRST_DICE = 2_000_000;

/** @returns callers whose `stop` also asks again whatever was given up, under its key. */
export function startCallers(options: CallersOptions): Callers {
  const { shop, history, seed, count, disturbedSince, onAcknowledged } = options;
  const { counts, open } = history;
  const ids = Array.from({ length: count }, () => randomUUID());
  let amounts = INITIAL_PRICE;

  async function call(
    client: ShopClient,
    session: number,
    operation: ShopOperation,
  ): Promise<ShopAnswer | undefined> {
    const key = randomUUID();
    const invoked = performance.now();
    let [tries, unknown, reason] = [0, false, ''];
    while (performance.now() - invoked < PATIENCE_MS) {
      tries += 1;
      const tried = await client.attempt(requestOf(operation, key));
      const completed = performance.now();
      if (tried.is === 'answered') {
        const { answer } = tried;
        if (!record(history, session, operation, answer, { invoked, completed })) {
          noteUnexpected(history, `${operation.kind}: ${answer.status} ${JSON.stringify(answer.body)}`);
          reason = `answered ${answer.status}`;
          unknown = true;
          break;
        }
        counts[tries === 1 ? 'ok' : 'delayed'] += 1;
        if (operation.kind !== 'look' && answer.status !== 412)
          onAcknowledged(answer.servedBy === 'catalog' ? 'service' : 'monolith', completed);
        return answer;
      }
      ({ reason } = tried);
      if (tried.is !== 'refused') unknown = true;
      if (tried.is !== 'later' && !disturbedSince(invoked))
        noteUnexpected(history, `without any fault, ${tried.is}: ${reason}`);
      await sleep(PAUSE_MS);
    }
    const outcome = unknown ? 'unknown' : 'failed';
    counts[outcome] += 1;
    const disturbed = disturbedSince(invoked);
    open.push({ session, key, operation, outcome, disturbed, reason, invoked, completed: Infinity });
    return undefined;
  }

  async function setPrice(
    client: ShopClient,
    session: number,
    product: string,
    isStopped: () => boolean,
  ): Promise<void> {
    const seen = await call(client, session, { kind: 'look', product });
    if (seen === undefined || isStopped()) return;
    const { version } = seen;
    const amount = (amounts += 1);
    await call(client, session, { kind: 'price', product, version, replaces: amountIn(seen), amount });
  }

  /** Under its key an answer says what came of it, or it is done now: either way it is known then. */
  async function settle(): Promise<void> {
    for (const { session, key, operation, invoked } of open) {
      if (operation.kind === 'look') continue;
      const client = await openClient(shop.processes.url, shop.secret, ids[session] as string);
      try {
        for (let tries = 0; tries < 100; tries += 1) {
          const tried = await client.attempt(requestOf(operation, key));
          if (tried.is === 'answered') {
            const { answer } = tried;
            const span = { invoked, completed: performance.now() };
            if (!record(history, FIRST_OF_NOBODY + session, operation, answer, span))
              noteUnexpected(
                history,
                `asked again, ${operation.kind}: ${answer.status} ${JSON.stringify(answer.body)}`,
              );
            break;
          }
          await sleep(PAUSE_MS);
        }
      } finally {
        await client.close();
      }
    }
  }

  const { drained, stop } = startTurns(options, async (session, isStopped) => {
    const dice = createDice(seed, FIRST_DICE + session);
    const client = await openClient(shop.processes.url, shop.secret, ids[session] as string);
    return {
      takeTurn() {
        const chance = dice.below(10);
        if (chance < 4)
          return call(client, session, { kind: 'create', sku: `T-${randomUUID().toUpperCase()}` });
        const product = dice.pick(shop.products);
        if (chance < 8) return setPrice(client, session, product, isStopped);
        return call(client, session, { kind: 'look', product });
      },
      close: client.close,
    };
  });
  return {
    drained,
    async stop() {
      await stop();
      await settle();
    },
  };
}

/** What was settled afterwards was not seen in the order of its session. */
const FIRST_OF_NOBODY = 1_000;
