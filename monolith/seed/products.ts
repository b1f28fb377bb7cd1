// The products of the seed, each a function of its number: what it is called, what it costs, how many there are.
import { assortment } from './assortment/assortment.ts';
import { createDice } from './dice.ts';
import { BASE_DATE, createTimeline, idAt, OPENING } from './timeline.ts';
import { createWording, type Wording } from './wording.ts';

export interface SeedProduct extends Wording {
  readonly id: string;
  readonly sku: string;
  /** The category's slug. */
  readonly category: string;
  readonly onHand: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface SeedProducts {
  readonly count: number;
  /** From 0, the oldest first. */
  at(index: number): SeedProduct;
  /** How many, counted from the oldest, are in the shop at that moment. */
  onSaleAt(moment: number): number;
}

const SOLD_OUT = 0.04;
const NEARLY_SOLD_OUT = 0.08;

export function createProducts(seed: number, count: number): SeedProducts {
  const deck = shuffledDeck(seed);
  const wordings = assortment.map((plan, index) =>
    createWording(plan, createDice(seed, 'assortment', index)),
  );
  const timeline = createTimeline(OPENING, BASE_DATE, count);

  return {
    count,
    onSaleAt: (moment) => timeline.passed(moment),
    at(index) {
      const { category, rank } = deck[index % deck.length] as Card;
      const plan = assortment[category] as (typeof assortment)[0];
      const number = Math.floor(index / deck.length) * plan.share + rank;
      const dice = createDice(seed, 'products', index);
      const createdAt = timeline.at(index, dice.fraction());
      const wording = (wordings[category] as (typeof wordings)[0])(number, dice);
      return {
        id: idAt(createdAt, createDice(seed, 'productIds', index), index),
        sku: `${plan.sku}-${String(number + 1).padStart(5, '0')}`,
        category: plan.slug,
        ...wording,
        onHand: stockOf(wording.price, dice.fraction(), dice.fraction()),
        createdAt,
      };
    },
  };
}

/** A category, and which of its cards in the deck this one is. */
interface Card {
  readonly category: number;
  readonly rank: number;
}

/** As many cards of each category as its share; dealt over and over, they give every product its category. */
function shuffledDeck(seed: number): readonly Card[] {
  const dice = createDice(seed, 'assortment', assortment.length);
  const deck = assortment.flatMap(({ share }, category) =>
    Array.from({ length: share }, (_, rank): Card => ({ category, rank })),
  );
  for (let last = deck.length - 1; last > 0; last -= 1) {
    const other = dice.below(last + 1);
    [deck[last], deck[other]] = [deck[other] as Card, deck[last] as Card];
  }
  return deck;
}

/** Cheap things lie around by the hundred, dear ones by the dozen. */
function stockOf(price: number, luck: number, fraction: number): number {
  if (luck < SOLD_OUT) return 0;
  if (luck < SOLD_OUT + NEARLY_SOLD_OUT) return 1 + Math.floor(fraction * 5);
  return 6 + Math.floor(fraction * Math.min(400, Math.max(20, 400_000 / price)));
}
