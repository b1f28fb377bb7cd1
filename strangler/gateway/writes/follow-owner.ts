// Sends writes to whoever owns what they write, wherever that is by now: straight to the service while it is believed to
// own, else to the monolith. One that is refused, or whose side breaks off, is held and tried again under its key.
//
// After a refusal the next try is where the refusal says, or where it was if it only has to wait; after a side that did not
// answer, or that knows less than was heard before, it is at the other one. The monolith's own word is proof: it follows its
// row, which is never ahead of its data.
import { ShopError } from '#platform/errors.ts';
import type { Attempted, Hold } from '#platform/held-writes.ts';
import { readBody, hasBody } from '../body.ts';
import { orAborted, type Exchange } from '../exchange.ts';
import { keyOf } from '../key.ts';
import { unavailable } from '../problems.ts';
import type { Beside, Forward } from '../proxy.ts';
import type { FindAdministrator } from './administrator.ts';
import { answerWrite } from './answer.ts';
import type { Hint, Side } from './hint.ts';
import type { WriteMetrics } from './metrics.ts';
import { writeAtMonolith } from './monolith-side.ts';
import type { WriteAtService } from './service-side.ts';
import type { ServiceWrites, WriteCall } from './service-writes.ts';

export interface FollowOptions {
  readonly writes: ServiceWrites;
  readonly atService: WriteAtService;
  readonly findAdministrator: FindAdministrator;
  readonly hint: Hint;
  readonly hold: Hold;
  readonly metrics: WriteMetrics;
}

/** A write that either side can do. */
interface Write {
  readonly call: WriteCall;
  readonly caller: string;
  readonly bytes: number;
}

export function followOwner(toMonolith: Forward, options: FollowOptions): Forward {
  const { writes, atService, findAdministrator, hint, hold, metrics } = options;
  const { capability } = writes;

  return async (exchange, beside) => {
    const { match, signal, outcome } = exchange;
    if (match?.capability !== capability || match.access !== 'write') return toMonolith(exchange, beside);
    const write = await translate(exchange);
    if (write === undefined) {
      outcome.reason = 'not_translated';
      await toMonolith(exchange, beside);
      return metrics.answered('monolith', false);
    }
    const attempts = createAttempts(exchange, write, beside);
    try {
      await hold.run({ bytes: write.bytes, signal }, attempts.next);
    } catch (error) {
      const brokenOff = attempts.brokenOff();
      // A side that did not answer says more than that this write has waited.
      throw isUnavailable(error) && !signal.aborted && brokenOff !== undefined
        ? unavailable(brokenOff)
        : error;
    }
    metrics.answered(outcome.side, true);
  };

  async function translate(exchange: Exchange): Promise<Write | undefined> {
    const { request, match, signal } = exchange;
    if (match === undefined) return undefined;
    const caller = await findAdministrator(request);
    if (caller === undefined) return undefined;
    const body = hasBody(request) ? await orAborted(readBody(request), signal) : null;
    const call = writes.translate(request, match, body, keyOf(request));
    return call && { call, caller, bytes: body?.length ?? 0 };
  }

  function createAttempts(exchange: Exchange, write: Write, beside: Beside | undefined) {
    let elsewhere: Side | undefined;
    let brokenOff: unknown;

    async function next(): Promise<Attempted<undefined>> {
      const side = elsewhere ?? hint.current().owner;
      const outcome =
        side === 'monolith' ? await askMonolith(exchange, beside) : await askService(exchange, write, beside);
      if ('answer' in outcome) return { answer: undefined };
      if (isUnavailable(outcome.cause)) brokenOff = outcome.cause;
      hint.learn(outcome.refused);
      const { owner, epoch = 1 } = hint.current();
      const knowsLess = (outcome.refused.epoch ?? 0) < epoch;
      elsewhere = knowsLess && owner === side ? otherSide(side) : undefined;
      return outcome;
    }
    return { next, brokenOff: () => brokenOff };
  }

  async function askMonolith(exchange: Exchange, beside: Beside | undefined) {
    const before = hint.current();
    const outcome = await writeAtMonolith(toMonolith, exchange, capability, beside);
    const told = 'answer' in outcome ? outcome.answer.owner : undefined;
    if (told === undefined) return outcome;
    // What was asked before something was learnt is no proof against that.
    if (told.owner === 'monolith' && hint.current() === before) hint.prove(told);
    else hint.learn(told);
    return outcome;
  }

  async function askService(exchange: Exchange, { call, caller }: Write, beside: Beside | undefined) {
    const { owner, epoch } = hint.current();
    exchange.outcome.side = 'service';
    const outcome = await atService(exchange, {
      call,
      caller,
      epoch: owner === 'service' ? epoch : undefined,
    });
    if (!('answer' in outcome)) return outcome;
    if (outcome.answer === 'left') {
      exchange.outcome.reason = 'refused';
      await toMonolith(exchange, beside);
      return outcome;
    }
    const { answer, position } = outcome.answer;
    // A position of the owner, as one of the monolith would be.
    const told = position === undefined ? {} : { 'x-position': `${capability}=${position}` };
    answerWrite(exchange, capability, answer, beside?.tell?.(told) ?? {});
    return outcome;
  }
}

const otherSide = (side: Side): Side => (side === 'monolith' ? 'service' : 'monolith');

const isUnavailable = (error: unknown): boolean => error instanceof ShopError && error.kind === 'unavailable';
