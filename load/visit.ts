// One action's requests: the first is due when the schedule says so, a later one when the one before it was answered.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ShopRequest } from './client.ts';
import type { Dice } from './dice.ts';
import type { Exchange, Recorder } from './recorder.ts';
import type { Step } from './report.ts';
import type { Session } from './session.ts';

export interface Visit {
  /** Of this run, and of no other. */
  readonly name: string;
  readonly dice: Dice;
  readonly measured: boolean;
  /** Sends a request, and records it; one that was answered unexpectedly ends the action. */
  ask(
    session: Session,
    step: Step,
    request: ShopRequest,
    isExpected: (answer: Answer) => boolean,
  ): Promise<Reply>;
  /** Puts off what comes next: it is due so much later. */
  pause(milliseconds: number): Promise<void>;
}

/** `expected` also says that there is a body of the right kind. */
export interface Reply extends Exchange {
  readonly expected: boolean;
}

export interface VisitOptions {
  readonly name: string;
  readonly dice: Dice;
  readonly recorder: Recorder;
  /** By performance.now(). */
  readonly dueAt: number;
  readonly measured: boolean;
}

export function createVisit({ name, dice, recorder, dueAt, measured }: VisitOptions): Visit {
  let due = dueAt;
  return {
    name,
    dice,
    measured,
    async ask(session, step, request, isExpected) {
      const answer = await session.send(request);
      const exchange = { step, request, answer, latencyMs: answer.at - due, measured };
      due = answer.at;
      const expected = isExpected(answer);
      recorder.answered(exchange);
      if (!expected) recorder.unexpected(exchange);
      if (answer.seenBefore !== undefined && answer.version !== undefined)
        recorder.seenAgain(exchange, answer.seenBefore, answer.version);
      return { ...exchange, expected };
    },
    async pause(milliseconds) {
      due += milliseconds;
      await sleep(Math.max(0, due - performance.now()));
    },
  };
}

export const only =
  (...outcomes: readonly string[]) =>
  ({ outcome }: Answer): boolean =>
    outcomes.includes(outcome);
