// Ownership goes to and fro without a pause: no fault at all, and callers are to notice nothing but short waits.
import type { Fault } from '../fault.ts';

export const flapping: Fault = {
  name: 'flapping',
  async run({ switches, shop, dice, note }) {
    const times = 2 + dice.below(4);
    note(`${times} switches without a pause`);
    for (let time = 0; time < times; time += 1)
      await Promise.all([switches.tryToggle(), shop?.switches.tryToggle()]);
  },
};
