// Callers that follow the fence: each write is tried at one side, and where that does not own, at the other, under the
// same key, until it is acknowledged or patience ends.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDice, type Dice } from '../../load/dice.ts';
import { otherSide, type Side } from '../../strangler/ownership/replica.ts';
import { ACCOUNTS, REGISTERS, type Ground } from '../ground/ground.ts';
import type { Answer, History, Operation } from './history.ts';
import { openSession } from './session.ts';
import { startTurns, type Callers, type TurnsOptions } from './turns.ts';

export interface WritersOptions extends TurnsOptions {
  readonly ground: Pick<Ground, 'writerUrls'>;
  readonly history: History;
  readonly seed: number;
  /** Whether a fault is at work now, or was at any time since then. */
  readonly disturbedSince: (time: number) => boolean;
  readonly onAcknowledged: (side: Side, time: number) => void;
}

/** How long one write is tried. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 4;
const PAUSE_WITHOUT_SERVER_MS = 50;
const LARGEST_AMOUNT = 100;

export function startWriters(options: WritersOptions): Callers {
  const { ground, history, seed, disturbedSince, onAcknowledged } = options;
  let [elements, values] = [0, 0];

  return startTurns(options, (index, isStopped) => {
    const dice = createDice(seed, index + 1);
    const sessions = {
      monolith: openSession(ground.writerUrls.monolith, dice),
      service: openSession(ground.writerUrls.service, dice),
    };
    let side: Side = 'monolith';
    let done: string | null = null;

    async function call(operation: Operation): Promise<Answer | undefined> {
      const key = randomUUID();
      const invoked = performance.now();
      const epochBefore = history.newestEpoch;
      let [tries, unanswered, reason] = [0, false, ''];
      while (performance.now() - invoked < PATIENCE_MS) {
        tries += 1;
        const tried = await sessions[side].attempt(operation, key, done);
        if (tried.is === 'done') {
          const { answer } = tried;
          const completed = performance.now();
          const span = { invoked, completed };
          history.counts[tries === 1 ? 'ok' : 'delayed'] += 1;
          history.acknowledge(operation, answer, span);
          if (answer.again !== true && answer.epoch < epochBefore)
            history.olderEpochs.push(
              `${operation.kind} was done under epoch ${answer.epoch} after epoch ${epochBefore} had answered`,
            );
          history.newestEpoch = Math.max(history.newestEpoch, answer.epoch);
          onAcknowledged(side, completed);
          // A try that was not answered may still be on its way, and shall find its key.
          done = unanswered ? null : key;
          return answer;
        }
        if (tried.is === 'wrong') {
          history.unexpected.set(tried.reason, (history.unexpected.get(tried.reason) ?? 0) + 1);
          unanswered = true;
          reason = tried.reason;
          break;
        }
        reason = tried.is === 'fenced' ? 'fenced' : tried.reason;
        if (tried.is === 'unknown') unanswered = true;
        if (tried.is === 'fenced') {
          side = tried.owner ?? otherSide(side);
          await sleep(PAUSE_MS);
        } else {
          // The one that was asked may have been moved away from, and be dead.
          if (dice.chance(50)) side = otherSide(side);
          await sleep(PAUSE_WITHOUT_SERVER_MS);
        }
      }
      const outcome = unanswered ? 'unknown' : 'failed';
      history.counts[outcome] += 1;
      const disturbed = disturbedSince(invoked);
      history.open.push({
        key,
        operation,
        outcome,
        disturbed,
        reason,
        invoked,
        completed: outcome === 'failed' ? performance.now() : Infinity,
      });
      done = null;
      return undefined;
    }

    async function useRegister(): Promise<void> {
      const register = dice.below(REGISTERS);
      const seen = await call({ kind: 'read', register });
      if (seen?.value === undefined || isStopped()) return;
      await call({ kind: 'compare-and-set', register, expected: seen.value, value: (values += 1) });
    }

    function takeTurn(): Promise<unknown> {
      const chance = dice.below(10);
      if (chance < 4) return call({ kind: 'add', element: (elements += 1) });
      if (chance < 7) return useRegister();
      return call(transfer(dice));
    }

    return {
      takeTurn,
      close: () => Promise.all([sessions.monolith.close(), sessions.service.close()]),
    };
  });
}

function transfer(dice: Dice): Operation {
  const from = dice.below(ACCOUNTS);
  const to = (from + 1 + dice.below(ACCOUNTS - 1)) % ACCOUNTS;
  return { kind: 'transfer', from, to, amount: 1 + dice.below(LARGEST_AMOUNT) };
}
