// Follows the switch: has every plan as soon as it changes, and goes on with the last ones when the switch is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchServiceService } from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import type { Logger } from '#platform/logger.ts';
import { planFromWire } from './messages.ts';
import type { Plans, PlanSource } from './plan.ts';
import { openSavedPlans } from './saved-plans.ts';

export interface WatchOptions {
  /** Of the switch, as gRPC takes it. */
  readonly address: string;
  /** Where the last plans are kept. */
  readonly file: string;
  readonly log: Logger;
  /** The switch speaks every second: whoever hears nothing for so long is connected to nobody. */
  readonly silenceMs?: number;
}

const SILENCE_MS = 4_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Begins with the plans that were saved last, and never fails. */
export function watchPlans({ address, file, log, silenceMs = SILENCE_MS }: WatchOptions): PlanSource {
  const saved = openSavedPlans(file, log);
  const stopping = new AbortController();
  let plans = saved.load();
  let connected: boolean | undefined;
  let pause = FIRST_PAUSE_MS;

  function take(told: Plans): void {
    if (connected !== true) log.info(`the switch at ${address} is followed`);
    connected = true;
    pause = FIRST_PAUSE_MS;
    if (JSON.stringify([...told]) === JSON.stringify([...plans])) return;
    plans = told;
    saved.save(told);
    for (const { capability, version, phase } of told.values())
      log.info(
        { plan: { capability, version, phase } },
        `plan of ${capability}: version ${version}, ${phase}`,
      );
  }

  /** Ends by an error alone: what breaks a stream is the switch's end, or silence. */
  async function follow(): Promise<void> {
    // A client for each stream: another stream of the same one would go by the same connection, dead as it may be.
    const client = connectGrpc(SwitchServiceService, {
      addresses: [address],
      defaultDeadlineMs: silenceMs,
      // The switch may be away for long, and is missed only once.
      log: log.child({}, { level: 'silent' }),
    });
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    const signal = AbortSignal.any([stopping.signal, silence.signal]);
    try {
      for await (const message of client.watchPlans({}, { signal })) {
        timer.refresh();
        take(new Map(message.plans.map((plan) => [plan.capability, planFromWire(plan)])));
      }
    } finally {
      clearTimeout(timer);
      client.close();
    }
  }

  async function followForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      const reason = await follow().then(
        () => 'it has stopped',
        (error: unknown) => (error as Error).message,
      );
      if (stopping.signal.aborted) return;
      if (connected !== false)
        log.warn(`the switch at ${address} does not speak (${reason}): its last plans hold until it does`);
      connected = false;
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  const running = followForEver();
  return {
    current: () => plans,
    async stop() {
      stopping.abort();
      await running;
      await saved.settled();
    },
  };
}
