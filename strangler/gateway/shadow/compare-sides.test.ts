import { ShopError } from '#platform/errors.ts';
import type { HttpAnswer } from '../../answers/http-answer.ts';
import { compareSides, type Question } from './compare-sides.ts';

const answer = (body: object) => ({ status: 200, headers: {}, body }) as unknown as HttpAnswer;
const cut = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** @param looks of the service, one after the other, at whether it has come as far. */
function questionOf(...looks: readonly ((signal: AbortSignal) => Promise<HttpAnswer>)[]): Question {
  let look = 0;
  return {
    isReplica: true,
    askMonolith: () => Promise.resolve({ ...answer({ price: 2 }), position: 'p' }),
    askService: (signal, readAfter) =>
      readAfter === undefined ? Promise.resolve(answer({ price: 1 })) : (looks[look++] ?? cut)(signal),
  };
}
const isBehind = () =>
  Promise.reject(new ShopError('unavailable', 'behind', 'It has not come as far.', { retryAfter: 1 }));

async function compareUntilCut(question: Question, afterMs: number) {
  return compareSides(answer({ price: 2 }), question, AbortSignal.timeout(afterMs));
}

test('a service that was behind until the time was over is behind, also where that cuts its last answer short', async () => {
  expect(await compareUntilCut(questionOf(isBehind), 200)).toMatchObject({ reason: 'behind' });
});

test('one that has never said how far it is, is too slow', async () => {
  expect(await compareUntilCut(questionOf(), 50)).toMatchObject({ reason: 'too_slow' });
});
