// Somebody who does as the shop says: where it says to come again, they come again with the same request and the same key.
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#platform/ids.ts';
import type { ShopRequest } from '../load/client.ts';
import type { Session, SessionAnswer } from '../load/session.ts';
import type { Told } from './told.ts';

/** How long they try: far above what a service takes that was killed and starts again. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

/**
 * @param expected outcomes, as `200` or `409 out_of_stock`.
 * @returns undefined where there was none of them; it is counted as failed then.
 */
export async function ask(
  told: Told,
  session: Session,
  request: ShopRequest,
  expected: readonly string[],
): Promise<SessionAnswer | undefined> {
  const keyed = request.method === 'GET' ? request : { ...request, headers: { 'idempotency-key': newId() } };
  const begun = performance.now();
  let [tries, outcome] = [0, ''];
  while (performance.now() - begun < PATIENCE_MS) {
    tries += 1;
    const answer = await session.send(keyed);
    outcome = answer.outcome;
    if (answer.answered && !outcome.startsWith('503')) {
      told.counts.requests += 1;
      if (tries > 1) told.counts.delayed += 1;
      if (expected.includes(outcome)) {
        note(told, request, answer, performance.now() - begun);
        return answer;
      }
      break;
    }
    await sleep(PAUSE_MS);
  }
  told.fail(`${request.method} ${request.path}: ${outcome}`);
  return undefined;
}

const CATALOG = /^\/(products|categories)\b/;

function note(told: Told, { method, path }: ShopRequest, answer: SessionAnswer, latencyMs: number): void {
  if (CATALOG.test(path)) told.answered(method === 'GET' ? 'read' : 'write', answer.servedBy, latencyMs);
  const { seenBefore, version } = answer;
  if (method === 'GET' && seenBefore !== undefined && version !== undefined && version < seenBefore)
    told.counts.stale += 1;
}
