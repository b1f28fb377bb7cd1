// The shop's own processes die, or stand still across a move of what they serve.
import { PROCESSES, type ProcessName } from '../../shop/processes.ts';
import { duringSwitch, type Fault, type Round, type RoundShop } from '../fault.ts';

const LONGEST_STOP_MS = 3_500;
const PERCENT_STOPPED_BEFORE = 50;

const shopOf = ({ shop }: Round): RoundShop => {
  if (shop === undefined) throw new Error('there is no shop');
  return shop;
};

/** Its callers repeat, and whoever held a right or a transaction for it finds it gone. */
const killed = (name: ProcessName): Fault => ({
  name: `${name}-killed`,
  ofShop: true,
  run: (round) =>
    duringSwitch(round, async () => {
      const { note, pause } = round;
      const { processes } = shopOf(round);
      note(`SIGKILL to the ${name}`);
      await processes.kill(name);
      await pause(0, 1_000);
      await processes.start(name);
      note(`the ${name} runs again`);
    }),
});

/** What it believed when it stopped is not so any more when it goes on: it must not write at the old owner. */
const stopped = (name: ProcessName): Fault => ({
  name: `${name}-stopped`,
  ofShop: true,
  async run(round) {
    const { note, pause, dice, stopped: processes } = round;
    const shop = shopOf(round);
    const hold = async (meanwhile: () => Promise<unknown>) => {
      note(`SIGSTOP to the ${name}`);
      try {
        processes.stop([shop.processes.pid(name) ?? 0]);
        await meanwhile();
      } finally {
        processes.continueAll();
        note('SIGCONT');
      }
    };
    if (!dice.chance(PERCENT_STOPPED_BEFORE)) {
      await duringSwitch(round, () => hold(() => pause(300, LONGEST_STOP_MS)));
      return;
    }
    // In the middle of whatever it does; then ownership goes, and most often comes back while it has not noticed.
    let moving: Promise<unknown> = Promise.resolve();
    await hold(async () => {
      moving = shop.switches.tryToggle();
      await pause(300, LONGEST_STOP_MS);
    });
    await moving;
  },
});

export const processFaults: readonly Fault[] = [...PROCESSES.map(killed), ...PROCESSES.map(stopped)];
