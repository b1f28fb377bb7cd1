// Splits the reads of capabilities between monolith and service, customer by customer. Nobody reads less than they have
// seen: the service is asked only for what contains that, and the owner, which has everything, answers where it declines.
import { ShopError } from '#platform/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { AnswerHeaders } from '../headers.ts';
import type { Beside, Forward } from '../proxy.ts';
import { answerWith } from './answer.ts';
import { SEEN_LIFETIME_S } from './cookies.ts';
import type { ReadMetrics } from './metrics.ts';
import { readPositions } from './positions.ts';
import type { Call, ServiceSide } from './service-side.ts';
import { forgetSession, openSession, type Session } from './session.ts';
import { sideOf, type Side } from './stickiness.ts';
import { createTold } from './told.ts';

/** What is needed here of a capability's plan. */
export interface ReadPlan {
  readonly capability: string;
  /** Of 100 customers, how many read from the service: 0 to 100. */
  readonly reads: { readonly servicePercent: number };
}

export interface SplitOptions {
  /** As they are now: asked for each request, so that a change takes effect at once. */
  readonly plans: () => readonly ReadPlan[];
  readonly services: readonly ServiceSide[];
  readonly metrics: ReadMetrics;
}

/** A read that either side could answer. */
interface Read {
  readonly service: ServiceSide;
  /** Undefined where it cannot be put in the service's words. */
  readonly call: Call | undefined;
  /** Undefined for a session of which nothing is known. */
  readonly seen: string | undefined;
}

/** Each a hundred bytes and something. */
const TOLD = { limit: 50_000, lifetimeMs: SEEN_LIFETIME_S * 1_000 };

export function splitReads(toMonolith: Forward, { plans, services, metrics }: SplitOptions): Forward {
  const known = services.map(({ capability }) => capability);
  const told = createTold(TOLD);

  return async (exchange) => {
    const split = plans().filter(({ reads }) => reads.servicePercent > 0);
    const { request } = exchange;
    if (split.length === 0) {
      const forgotten = forgetSession(request, known);
      return forgotten.length === 0
        ? toMonolith(exchange)
        : toMonolith(exchange, { tell: addCookies(() => forgotten) });
    }
    const capabilities = split.map(({ capability }) => capability);
    const session = openSession(request, capabilities, told);
    const askOwner = () => toOwner(toMonolith, exchange, session, capabilities);

    const plan = split.find(({ capability }) => capability === exchange.match?.capability);
    const read = plan && readOf(exchange, session, services);
    if (plan === undefined || read === undefined) return askOwner();

    const { side, reason } = choose(exchange, session, plan);
    exchange.outcome.reason = reason;
    if (side === 'monolith') return ownerFirst(exchange, session, read, askOwner);
    const declined = await askService(exchange, session, read);
    if (declined === undefined) return;
    metrics.diverted(plan.capability, declined);
    exchange.outcome.reason = declined;
    return askOwner();
  };

  /** Without the owner, the service may still have all that its reader has seen. */
  async function ownerFirst(exchange: Exchange, session: Session, read: Read, askOwner: () => Promise<void>) {
    try {
      await askOwner();
    } catch (error) {
      if (exchange.response.headersSent || !isAway(error) || exchange.signal.aborted) throw error;
      if ((await askService(exchange, session, read)) !== undefined) throw error;
      metrics.diverted(read.service.capability, 'monolith_unavailable');
      exchange.outcome.reason = 'monolith_unavailable';
    }
  }
}

function readOf(
  { request, match }: Exchange,
  session: Session,
  services: readonly ServiceSide[],
): Read | undefined {
  const service = services.find(({ capability }) => capability === match?.capability);
  if (service === undefined || match?.access !== 'read') return undefined;
  return { service, call: service.translate(request, match), seen: session.seen[service.capability] };
}

function choose({ request }: Exchange, { key }: Session, { capability, reads }: ReadPlan) {
  const wanted = request.headers['x-shop-side'];
  if (wanted === 'monolith' || wanted === 'service') return { side: wanted, reason: 'override' } as const;
  const side: Side = sideOf(key, capability, reads.servicePercent);
  return { side, reason: 'percentage' } as const;
}

/** @returns why it has not answered, or undefined where it has. */
async function askService(exchange: Exchange, session: Session, { service, call, seen }: Read) {
  if (seen === undefined) return 'no_position';
  if (call === undefined) return 'not_translated';
  const { capability } = service;
  const outcome = await service.ask(exchange, call, seen);
  if ('declined' in outcome) return outcome.declined;
  exchange.outcome.side = 'service';
  const told = readPositions(`${capability}=${outcome.position}`, ',', [capability]);
  answerWith(exchange, capability, outcome.answer, session.afterService(told));
  return undefined;
}

/** Every answer of the owner is asked for its position: a cart shows prices, too. */
async function toOwner(
  toMonolith: Forward,
  exchange: Exchange,
  session: Session,
  capabilities: readonly string[],
): Promise<void> {
  const { match, response } = exchange;
  const tell = addCookies((answered) =>
    session.afterOwner(readPositions([answered['x-position'] ?? []].flat().join(), ',', capabilities)),
  );
  try {
    await toMonolith(exchange, { ask: ['x-want-position', capabilities.join(',')], tell });
  } catch (error) {
    // It may have been done all the same: from now on the owner is read.
    if (match?.access !== 'read' && !response.headersSent)
      for (const cookie of session.afterSilence()) response.appendHeader('set-cookie', cookie);
    throw error;
  }
}

/** Beside those that the monolith sets itself. */
const addCookies =
  (more: (answered: AnswerHeaders) => readonly string[]): NonNullable<Beside['tell']> =>
  (answered) => {
    const cookies = [...[answered['set-cookie'] ?? []].flat(), ...more(answered)];
    return cookies.length === 0 ? EMPTY : { 'set-cookie': cookies };
  };
const EMPTY: Readonly<Record<string, string[]>> = {};

const isAway = (error: unknown): boolean => error instanceof ShopError && error.kind === 'unavailable';
