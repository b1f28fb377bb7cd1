// The shop's part of a run: opened on the ground, called all the time, moved with the rest, and judged in the end.
import type { Shutdown } from '#platform/shutdown.ts';
import type { Ground } from '../ground/ground.ts';
import type { Verdict } from '../invariants/invariant.ts';
import { watchOwners } from '../invariants/owners.ts';
import type { RoundShop } from '../nemesis/fault.ts';
import { createSwitches } from '../nemesis/switches.ts';
import type { TortureOptions } from '../options.ts';
import { spreadsOf, type Report } from '../report.ts';
import type { Trace } from '../trace.ts';
import { startCallers } from './callers.ts';
import { readShopEnd } from './end.ts';
import { createShopHistory } from './history.ts';
import { judgeShop } from './judge.ts';
import { openShop, type Shop } from './shop.ts';

export interface ShopRun extends RoundShop {
  readonly shop: Shop;
  readonly direct: Shop['direct'];
  readonly start: () => void;
  /** Resolves when every call that was under way has ended. */
  readonly drained: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly judge: (settleMs: number) => Promise<readonly Verdict[]>;
  readonly facts: () => NonNullable<Report['shop']>;
}

export async function prepareShop(
  options: Pick<TortureOptions, 'seed'> & {
    readonly load: NonNullable<TortureOptions['shop']>;
    readonly ground: Ground;
    readonly trace: Trace;
    readonly disturbedSince: (time: number) => boolean;
    readonly violate: (text: string) => void;
  },
  shutdown: Shutdown,
): Promise<ShopRun> {
  const { seed, load, ground, trace, disturbedSince, violate } = options;
  const shop = await openShop(ground, shutdown, (name, end) =>
    violate(`the ${name} has ended by itself: ${end}`),
  );
  const history = createShopHistory();
  const switches = createSwitches(shop.replica, trace, disturbedSince);
  let callers: ReturnType<typeof startCallers> | undefined;
  let owners: ReturnType<typeof watchOwners> | undefined;

  async function stop(): Promise<void> {
    await callers?.stop();
    await owners?.stop();
  }
  return {
    shop,
    direct: shop.direct,
    processes: shop.processes,
    switches,
    start() {
      // A caller is not told under which epoch it was answered.
      owners = watchOwners(shop.direct, () => 0, violate);
      const { callers: count, rate } = load;
      callers = startCallers({
        ...{ shop, history, seed, count, rate, disturbedSince, onAcknowledged: switches.accepted },
      });
      shutdown.onStop('callers', stop);
    },
    drained: async () => callers?.drained(),
    stop,
    async judge(settleMs) {
      return judgeShop(history, await readShopEnd(shop, history, settleMs));
    },
    facts: () => ({
      calls: history.counts,
      switches: switches.counts,
      gapsMs: spreadsOf(switches.gaps),
    }),
  };
}
