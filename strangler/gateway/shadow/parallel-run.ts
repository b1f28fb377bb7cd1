// The parallel run: some reads that the monolith has answered are asked of the service too, when their users have their
// answers. It takes no part in those: it keeps what goes out, and never queues. What it cannot do at once it leaves out,
// and counts that.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#platform/logger.ts';
import { mismatchOf, type Mismatch } from '../../answers/mismatch.ts';
import { hasBody } from '../body.ts';
import { forwardedHeaders } from '../headers.ts';
import type { Match } from '../routes/classify.ts';
import type { ShadowMonolith } from './ask-monolith.ts';
import { askService, type Call } from './ask-service.ts';
import { compareSides, type Outcome, type Question } from './compare-sides.ts';
import { keepAnswer, type KeptAnswer } from './kept-answer.ts';
import type { ShadowMetrics } from './metrics.ts';
import { createMismatchReports } from './mismatch-reports.ts';

/** A request on its way. */
export interface Watched {
  readonly request: IncomingMessage & { readonly id: string };
  readonly response: ServerResponse;
  readonly match: Match | undefined;
  /** Who answers. */
  readonly outcome: { readonly side: string };
}

export interface ShadowLimits {
  /** Comparisons at the same time. */
  readonly atOnce: number;
  /** Answers under way to users that are kept aside at the same time. */
  readonly kept: number;
  /** Of a body; larger ones are not compared. */
  readonly maxBytes: number;
  /** Of a whole comparison, with all its repetitions. */
  readonly deadlineMs: number;
  readonly windowMs: number;
  readonly reportsPerWindow: number;
}

export const SHADOW_LIMITS: ShadowLimits = {
  atOnce: 8,
  kept: 64,
  maxBytes: 256 * 1024,
  deadlineMs: 5_000,
  windowMs: 60_000,
  reportsPerWindow: 50,
};

export interface ParallelRunOptions extends Partial<ShadowLimits> {
  /** Of a capability: the share of its reads that are sampled, 0 to 100, as it is now. */
  readonly shadowPercent: (capability: string) => number;
  readonly monolith: ShadowMonolith;
  /**
   * By the capability: a read in the words of its service.
   * @returns undefined for what only the monolith can tell the meaning of; it is not compared.
   */
  readonly services: Readonly<
    Record<string, (request: Watched['request'], match: Match) => Call | undefined>
  >;
  /** `monolith` compares the monolith with itself: whatever differs then is noise. */
  readonly against: 'service' | 'monolith';
  readonly report: (mismatch: Mismatch) => void;
  readonly metrics: ShadowMetrics;
  readonly log: Logger;
  /** 0 to below 1. */
  readonly random?: () => number;
}

export interface ParallelRun {
  /** Before the request is sent on. Never throws, and never waits. */
  watch(watched: Watched): void;
  /** Ends what is under way; it is not counted. */
  close(): Promise<void>;
}

export function createParallelRun(options: ParallelRunOptions): ParallelRun {
  const { shadowPercent, services, metrics, log, random = Math.random } = options;
  const limits = { ...SHADOW_LIMITS, ...options };
  const reported = createMismatchReports({
    // Noise is no fault of a service.
    report: options.against === 'service' ? options.report : () => undefined,
    windowMs: limits.windowMs,
    mostPerWindow: limits.reportsPerWindow,
  });
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let kept = 0;

  function isSampled({ request, match }: Watched): boolean {
    if (match?.access !== 'read' || services[match.capability] === undefined) return false;
    if (stopping.signal.aborted || random() * 100 >= shadowPercent(match.capability)) return false;
    return hasWholeAnswer(request);
  }

  function watch(watched: Watched): void {
    const { response, match, outcome } = watched;
    if (match === undefined || !isSampled(watched)) return;
    const { capability } = match;
    if (running.size >= limits.atOnce) return metrics.dropped(capability, 'busy');
    if (kept >= limits.kept) return metrics.dropped(capability, 'too_many_kept');

    kept += 1;
    const answer = keepAnswer(response, limits.maxBytes);
    response.once('close', () => {
      kept -= 1;
      const isWhole = response.writableFinished && outcome.side === 'monolith';
      // Nothing was answered, or by somebody else.
      if (!isWhole || stopping.signal.aborted) return;
      if (running.size >= limits.atOnce) return metrics.dropped(capability, 'busy');
      const work = compare(watched, match, answer)
        .catch((error: unknown) => {
          log.error({ err: error, requestId: watched.request.id }, 'a comparison failed');
          metrics.inconclusive(capability, 'unexpected');
        })
        .finally(() => running.delete(work));
      running.add(work);
    });
  }

  async function compare(watched: Watched, match: Match, answer: KeptAnswer): Promise<void> {
    // Whoever else is to be answered in this turn of the event loop goes first.
    await new Promise((resolve) => setImmediate(resolve));
    const { request } = watched;
    const call = services[match.capability]?.(request, match);
    if (call === undefined) return;
    const first = answer.read();
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(limits.deadlineMs)]);
    const outcome: Outcome =
      first === undefined
        ? { outcome: 'inconclusive', reason: 'too_large' }
        : await compareSides(first, questionOf(watched, match, call), signal);
    if (!stopping.signal.aborted) conclude(request, match.capability, outcome);
  }

  function questionOf({ request }: Watched, { capability }: Match, call: Call): Question {
    const { id, url = '/' } = request;
    const asked = { capability, path: url, headers: forwardedHeaders(request, id) };
    const askMonolith: Question['askMonolith'] = (signal) => options.monolith.ask(asked, signal);
    return options.against === 'monolith'
      ? { askMonolith, askService: askMonolith, isReplica: false }
      : { askMonolith, askService: (...words) => askService(call, id, ...words), isReplica: true };
  }

  function conclude({ id, url: path = '/' }: Watched['request'], capability: string, outcome: Outcome): void {
    if (outcome.outcome === 'inconclusive') {
      const { reason, cause } = outcome;
      log.debug({ err: cause, requestId: id }, `the comparison of ${path} came to nothing: ${reason}`);
      return metrics.inconclusive(capability, reason);
    }
    if (outcome.outcome !== 'mismatch') return metrics.agreed(capability, outcome.outcome);
    const request = { method: 'GET', path };
    const mismatch = mismatchOf({ ...outcome, capability, request });
    const how = reported(mismatch);
    metrics.mismatch(capability, how);
    if (how !== 'reported') return;
    const { kind, differences } = mismatch;
    const lines = differences
      .slice(0, 3)
      .map(({ at, monolith = 'nothing', service = 'nothing' }) => `${at}: ${monolith} / ${service}`);
    log.warn({ requestId: id, kind }, `${path} is answered differently: ${lines.join('; ')}`);
  }

  return {
    watch,
    async close() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** With a body that is all there is of it: HEAD has none, and a conditional answer or a part says less than the whole. */
const hasWholeAnswer = (request: IncomingMessage): boolean =>
  request.method === 'GET' &&
  !hasBody(request) &&
  !Object.keys(request.headers).some((name) => name.startsWith('if-') || name === 'range');
