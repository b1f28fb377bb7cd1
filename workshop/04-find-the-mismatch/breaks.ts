// Exercise 4: the service answers one question otherwise than the monolith.
import type { BrokenExercise } from '../breaks.ts';

export const exercise: BrokenExercise = {
  goal: 'The service answers every question as the monolith does.',
  breaks: [
    {
      file: 'extracted/catalog/messages.ts',
      right: "[WireOrder.PRODUCT_ORDER_PRICE_DESCENDING]: '-price',",
      wrong: "[WireOrder.PRODUCT_ORDER_PRICE_DESCENDING]: 'price',",
    },
  ],
  tests: ['extracted/catalog/contract/reads.test.ts'],
};
