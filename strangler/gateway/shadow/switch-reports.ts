// Tells the switch what the parallel run of this process has found. The switch may be away: what it was not told waits, as
// far as there is room, and the counts are told as sums, so that nothing is lost with a message.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchServiceService } from '../../../generated/protos/shop/strangler/v1/strangler.ts';
import type { GrpcClient } from '#platform/grpc/client.ts';
import type { Logger } from '#platform/logger.ts';
import type { Mismatch } from '../../answers/mismatch.ts';
import type { ShadowCounts } from '../../answers/verdict.ts';

export interface SwitchReports {
  /** Never waits. */
  readonly report: (mismatch: Mismatch) => void;
  /** Tells what is left, if the switch can be told. */
  readonly stop: () => Promise<void>;
}

export interface SwitchReportsOptions {
  readonly client: Pick<GrpcClient<typeof SwitchServiceService>, 'reportMismatches' | 'reportShadow'>;
  /** Since the process began, by capability. */
  readonly counts: () => ReadonlyMap<string, ShadowCounts>;
  readonly log: Logger;
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
const DEADLINE_MS = 2_000;
/** In one message, as the contract has it. */
const AT_ONCE = 50;
/** Of more, the newest are left out: the first ones tell as much. */
const MOST_WAITING = 200;

export function startSwitchReports({
  client,
  counts,
  log,
  everyMs = EVERY_MS,
}: SwitchReportsOptions): SwitchReports {
  const reporter = randomUUID();
  const stopping = new AbortController();
  const waiting: Mismatch[] = [];
  const told = new Map<string, ShadowCounts>();

  async function tell(): Promise<void> {
    while (waiting.length > 0) {
      const mismatches = waiting.slice(0, AT_ONCE);
      await client.reportMismatches({ mismatches: mismatches.map(toWire) }, { deadlineMs: DEADLINE_MS });
      waiting.splice(0, mismatches.length);
    }
    for (const [capability, now] of counts()) {
      if (told.get(capability) === now) continue;
      const wire = { capability, reporter, counts: countsToWire(now) };
      await client.reportShadow(wire, { deadlineMs: DEADLINE_MS });
      told.set(capability, now);
    }
  }

  const tellIfPossible = () =>
    tell().catch((error: unknown) => log.debug({ err: error }, 'the switch cannot be told of comparisons'));

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      await tellIfPossible();
    }
  })();
  return {
    report: (mismatch) => void (waiting.length < MOST_WAITING && waiting.push(mismatch)),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const toWire = ({ differences, request, ...mismatch }: Mismatch) => ({
  ...mismatch,
  request: { ...request },
  differences: [...differences],
});

const countsToWire = ({ match, mismatch, lag, inconclusive }: ShadowCounts) => ({
  match: BigInt(match),
  mismatch: BigInt(mismatch),
  lag: BigInt(lag),
  inconclusive: BigInt(inconclusive),
});
