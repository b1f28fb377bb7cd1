// What a fault is given, and what it must do: inject, hold, and take everything back by itself.
import type { Dice } from '../../load/dice.ts';
import type { Side } from '../../strangler/ownership/replica.ts';
import type { Ground } from '../ground/ground.ts';
import type { ShopProcesses } from '../shop/processes.ts';
import type { StoppedProcesses } from './stopped-processes.ts';
import type { Switches } from './switches.ts';

/** The shop's own side of a round. */
export interface RoundShop {
  readonly processes: ShopProcesses;
  /** Of the catalog. */
  readonly switches: Switches;
}

export interface Round {
  readonly ground: Ground;
  readonly dice: Dice;
  readonly switches: Switches;
  /** Undefined where the databases run without one. */
  readonly shop?: RoundShop | undefined;
  readonly stopped: StoppedProcesses;
  /** One of the two, by chance. */
  readonly side: Side;
  readonly note: (text: string) => void;
  /** Says that an invariant does not hold. */
  readonly violate: (text: string) => void;
  /** Waits for a time by chance, in milliseconds. */
  readonly pause: (atLeast: number, atMost: number) => Promise<void>;
}

export interface Fault {
  /** `postmaster-killed`. */
  readonly name: string;
  /** Done to the shop's processes, and to nothing where there are none. */
  readonly ofShop?: true;
  readonly run: (round: Round) => Promise<void>;
}

const STEPS = ['preflight', 'drain', 'confirm', 'grant'] as const;
const PERCENT_AT_A_STEP = 60;

/**
 * Begins a switch, injects at a moment by chance, and waits for what comes of the switch. Most of a switch is its
 * preflight, and what matters most is the short rest: so the moment is often the end of one of its steps. With a shop
 * both move at once, and the moment is the one's or the other's.
 */
export async function duringSwitch(round: Round, inject: () => Promise<void>): Promise<void> {
  const { switches, shop, dice, note, pause } = round;
  const byShop = shop !== undefined && dice.chance(50);
  const step = dice.chance(PERCENT_AT_A_STEP) ? dice.pick(STEPS) : undefined;
  let reached: () => void = () => undefined;
  const atStep = new Promise<void>((resolve) => (reached = resolve));
  const onStep = (done: string) => {
    if (done === step) reached();
  };
  const moving = Promise.all([
    switches.tryToggle(byShop ? undefined : onStep),
    shop?.switches.tryToggle(byShop ? onStep : undefined),
  ]);
  try {
    if (step === undefined) await pause(0, 300);
    // One that is refused never comes there.
    else
      await Promise.race([
        atStep.then(() => note(`after ${step}${byShop ? ' of the catalog' : ''}`)),
        moving,
      ]);
    await inject();
  } finally {
    await moving;
  }
}
