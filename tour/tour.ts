// The tour: one act after the other, with customers and administrators at the shop all the while, and the reckoning.
import { ACTS, compareRows } from './acts.ts';
import { readEnd } from './end.ts';
import { judge, type Judgement } from './judge.ts';
import { openStage, type SwitchSeen, type TourShop } from './stage.ts';
import { createTold, type Counts, type SideRates } from './told.ts';
import { startTraffic } from './traffic.ts';

export interface TourOptions {
  readonly shop: TourShop;
  /** Of an act that is only looked at. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TourEvent) => void;
  /** Twice a second. */
  readonly onLook: (look: Look) => void;
}

export type TourEvent =
  | { readonly is: 'act'; readonly number: number; readonly title: string; readonly why: string }
  | { readonly is: 'command' | 'result'; readonly line: string };

/** What a screen can show now. */
export interface Look {
  readonly counts: Readonly<Counts>;
  /** By who answered, of the time since the last look. */
  readonly rates: ReadonlyMap<string, SideRates>;
  readonly seconds: number;
  readonly switches: readonly SwitchSeen[];
}

export interface TourResult extends Counts, Judgement {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Why it is not passed. */
  readonly reasons: readonly string[];
  readonly switches: number;
  /** The longest time between two acknowledged writes while the right to write moved, in milliseconds. */
  readonly worstPauseMs: number;
  /** The same, where the service was killed. */
  readonly killPauseMs: number;
  readonly seconds: number;
}

export const ACT_COUNT = ACTS.length;
const LOOK_EVERY_MS = 500;
/** With less, zeros prove nothing. */
const LEAST = { requests: 1_000, writes: 300, orders: 20, soldOut: 20 } as const;

/** @throws {SetupError} one line, where an act cannot be played, or the tour is interrupted. */
export async function runTour({ shop, seconds, signal, onEvent, onLook }: TourOptions): Promise<TourResult> {
  const begun = performance.now();
  const told = createTold();
  const stage = openStage({
    ...{ shop, told, seconds, signal },
    onCommand: (line) => onEvent({ is: 'command', line }),
    onLine: (line) => onEvent({ is: 'result', line }),
  });
  const traffic = await startTraffic(shop.url, told);
  const look = setInterval(() => {
    onLook({
      counts: told.counts,
      rates: told.takeRates(),
      seconds: (performance.now() - begun) / 1_000,
      switches: stage.switches,
    });
  }, LOOK_EVERY_MS);
  try {
    for (const [index, { title, why, play }] of ACTS.entries()) {
      onEvent({ is: 'act', number: index + 1, title, why });
      await play(stage);
    }
    onEvent({ is: 'act', number: ACTS.length + 1, title: 'Everybody goes home', why: 'What was lost?' });
    await traffic.stop();
    await compareRows(stage);
    const { sessions } = traffic;
    const end = await readEnd({
      ...{ told, sessions, paymentProvider: shop.paymentProvider, differing: stage.differing },
    });
    const judgement = judge(told.promised, end);
    return {
      ...told.counts,
      ...judgement,
      ...verdictOn(told.counts, judgement, told.failures),
      switches: stage.switches.length,
      worstPauseMs: Math.round(Math.max(...stage.switches.map(({ pauseMs }) => pauseMs))),
      killPauseMs: Math.round(stage.killPauseMs),
      seconds: Math.round((performance.now() - begun) / 1_000),
    };
  } finally {
    clearInterval(look);
    await traffic.close();
  }
}

function verdictOn(
  counts: Counts,
  { lost, duplicated, chargedTwice, oversold, findings }: Judgement,
  failures: readonly string[],
): Pick<TourResult, 'verdict' | 'reasons'> {
  const { failed, stale } = counts;
  if (failed + stale + lost + duplicated + chargedTwice + oversold > 0)
    return {
      verdict: 'failed',
      reasons: [
        ...findings,
        ...(stale > 0 ? [`${stale} reads were older than what their reader had seen`] : []),
        ...(failed > 0 ? [`${failed} failed: ${failures.join('; ')}`] : []),
      ],
    };
  const few = (Object.keys(LEAST) as (keyof typeof LEAST)[]).filter((name) => counts[name] < LEAST[name]);
  if (few.length === 0) return { verdict: 'passed', reasons: [] };
  return {
    verdict: 'inconclusive',
    reasons: few.map((name) => `${name}: ${counts[name]}, and at least ${LEAST[name]} are needed`),
  };
}
