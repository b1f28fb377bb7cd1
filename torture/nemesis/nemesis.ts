// One fault after the other, each under a switch; after each all is healed, and a switch without any fault must go well.
import { setTimeout as sleep } from 'node:timers/promises';
import { createDice, type Dice } from '../../load/dice.ts';
import { abortMove } from '../../strangler/ownership/move-ownership.ts';
import { readOwnership, type Ownership } from '../../strangler/ownership/ownership.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';
import { withSides } from '../../strangler/ownership/side-database.ts';
import { SIDES, type Ground } from '../ground/ground.ts';
import type { Trace } from '../trace.ts';
import type { Disturbance } from './disturbance.ts';
import { FAULTS } from './faults.ts';
import type { Fault, Round, RoundShop } from './fault.ts';
import { PROCESSES } from '../shop/processes.ts';
import { createStoppedProcesses } from './stopped-processes.ts';
import type { Switches } from './switches.ts';

export interface NemesisOptions {
  readonly ground: Ground;
  readonly switches: Switches;
  readonly shop?: (RoundShop & { readonly direct: Replica }) | undefined;
  readonly disturbance: Disturbance;
  readonly trace: Trace;
  readonly seed: number;
  readonly settleMs: number;
  /** Only these, by their names; without it, all. */
  readonly only?: readonly string[] | undefined;
  /** Resolves when every write that was under way has ended. */
  readonly writesDrained: () => Promise<void>;
  readonly violate: (text: string) => void;
  /** Cuts its pauses short. */
  readonly signal?: AbortSignal | undefined;
}

export interface Nemesis {
  /** One fault, healed and settled. */
  readonly playRound: () => Promise<void>;
  /** How often each was at work, from its beginning to its end. */
  readonly counts: Readonly<Record<string, number>>;
  /** Takes back whatever is left; for a run that ends in the middle. */
  readonly heal: () => Promise<void>;
}

const FIRST_DICE = 1_000_000;

export function createNemesis(options: NemesisOptions): Nemesis {
  const { ground, switches, shop, disturbance, trace, seed, settleMs, only, writesDrained, violate, signal } =
    options;
  const faults = FAULTS.filter(
    ({ name, ofShop }) => (only?.includes(name) ?? true) && (ofShop !== true || shop !== undefined),
  );
  /** Whatever moves, with the way past all faults. */
  const moved: readonly (readonly [Switches, Replica])[] = [
    [switches, ground.direct],
    ...(shop === undefined ? [] : [[shop.switches, shop.direct] as const]),
  ];
  const stopped = createStoppedProcesses();
  const counts = Object.fromEntries(faults.map(({ name }) => [name, 0]));
  const { note } = trace;
  let bag: Fault[] = [];
  let rounds = 0;

  async function heal(): Promise<void> {
    stopped.continueAll();
    for (const kind of Object.values(ground.ways)) for (const side of SIDES) kind[side].heal();
    for (const side of SIDES) await ground.clusters[side].start();
    for (const name of PROCESSES)
      await shop?.processes
        .start(name)
        .catch((error: Error) => violate(`although everything is healed, ${error.message}`));
  }

  async function playRound(): Promise<void> {
    const dice = createDice(seed, FIRST_DICE + rounds);
    rounds += 1;
    if (bag.length === 0) bag = shuffled(faults, dice);
    const fault = bag.pop() as Fault;
    const pause: Round['pause'] = async (atLeast, atMost) => {
      await sleep(atLeast + dice.below(atMost - atLeast + 1), undefined, { signal }).catch(() => undefined);
    };
    note(`round ${rounds}: ${fault.name}`);
    const isFault = fault.name !== 'flapping';
    if (isFault) disturbance.begin();
    try {
      const side = dice.pick(SIDES);
      await fault.run({ ground, dice, switches, shop, stopped, side, note, violate, pause });
      counts[fault.name] = (counts[fault.name] ?? 0) + 1;
    } catch (error) {
      note(`${fault.name} itself failed: ${(error as Error).message}`);
    } finally {
      await heal();
    }
    await settle();
    if (isFault) {
      // Whoever was met by the fault may still be waiting.
      await writesDrained();
      disturbance.end();
    }
    note('calm');
    await Promise.all(moved.map(([{ tryToggle }]) => tryToggle()));
  }

  /** Everything is there again, and ownership can move: within a bound, or it never will. */
  async function settle(): Promise<void> {
    await Promise.all(moved.map(([one, direct]) => settleOne(one, direct)));
  }

  async function settleOne(one: Switches, direct: Replica): Promise<void> {
    const begin = performance.now();
    for (;;) {
      if (await comeToRest(one, direct)) return;
      if (performance.now() - begin > settleMs) {
        violate(
          `ownership of ${direct.capability} does not move any more, ${settleMs / 1_000} s after everything was healed`,
        );
        return;
      }
      await sleep(100);
    }
  }

  async function comeToRest(one: Switches, direct: Replica): Promise<boolean> {
    try {
      const rows = await withSides(direct, async ({ monolith, service }) => ({
        monolith: await readOwnership(direct, monolith),
        service: await readOwnership(direct, service),
      }));
      const owner = newest(rows);
      one.assume(owner);
      if (rows[owner]?.state === 'DRAINING')
        note(`aborted at the ${owner}: ${String(await abortMove(one.replica, owner))}`);
      return await one.tryToggle();
    } catch (error) {
      note(`not yet: ${(error as Error).message}`);
      return false;
    }
  }

  return { playRound, counts, heal };
}

function newest({ monolith, service }: Readonly<Record<Side, Ownership | undefined>>): Side {
  if (monolith === undefined || service === undefined) throw new Error('there is no row of ownership');
  return (monolith.epoch >= service.epoch ? monolith : service).owner;
}

function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const left = [...items];
  return items.map(() => left.splice(dice.below(left.length), 1)[0] as T);
}
