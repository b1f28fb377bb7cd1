// An amount of money: an integer of minor units and a currency, so that nothing is ever rounded by accident.

export interface Money {
  /** Minor units: cents. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** The shop sells in one currency: a cart can be added up, and nobody converts money without meaning to. */
export const CURRENCY = 'EUR';
