// Who may be touched next: free ones first; and who was touched by two at once, of whom less can be said.
//
// An open loop can not wait until a customer or a product is free. So a turn is always given, and tells afterwards
// whether it had the item to itself.
import type { Dice } from './dice.ts';

export interface Turn<T> {
  readonly item: T;
  /** Whether another turn at the same item was open at any time since this one was given. */
  overlapped(): boolean;
  end(): void;
  /** Takes the item out for good: something may still happen to it, at any time. */
  retire(): void;
}

export interface Turns<T> {
  /** @returns undefined where every item was retired. */
  take(dice: Dice): Turn<T> | undefined;
  /** Takes the place of an item that was retired, if there is one. */
  offer(item: T): void;
}

interface Slot<T> {
  readonly item: T;
  open: number;
  given: number;
}

export function createTurns<T>(items: readonly T[]): Turns<T> {
  const newSlot = (item: T): Slot<T> => ({ item, open: 0, given: 0 });
  const slots = items.map(newSlot);

  /** The first free one from a random place on; the one at that place where none is free. */
  function choose(dice: Dice): Slot<T> | undefined {
    const start = dice.below(slots.length);
    for (let step = 0; step < slots.length; step += 1) {
      const slot = slots[(start + step) % slots.length];
      if (slot?.open === 0) return slot;
    }
    return slots[start];
  }

  return {
    take(dice) {
      const slot = choose(dice);
      if (slot === undefined) return undefined;
      const wasBusy = slot.open > 0;
      slot.open += 1;
      const number = (slot.given += 1);
      return {
        item: slot.item,
        overlapped: () => wasBusy || slot.given !== number,
        end: () => void (slot.open -= 1),
        retire() {
          const place = slots.indexOf(slot);
          if (place !== -1) slots.splice(place, 1);
        },
      };
    },
    offer(item) {
      if (slots.length < items.length) slots.push(newSlot(item));
    },
  };
}
