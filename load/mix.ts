// How often customers do what: weights, as in the load generator of Google's Online Boutique.
import { SetupError } from '#platform/setup-error.ts';
import type { Dice } from './dice.ts';

export const CUSTOMER_ACTIONS = ['browse', 'cart', 'add', 'index', 'checkout'] as const;
export type CustomerAction = (typeof CUSTOMER_ACTIONS)[number];

/** Weights: twice the number, twice as often. */
export type Mix = Readonly<Record<CustomerAction, number>>;

export const DEFAULT_MIX: Mix = { browse: 10, cart: 3, add: 2, index: 1, checkout: 1 };

const PART = /^([a-z]+)=(\d{1,6})$/;

/**
 * Reads `browse=10,checkout=1`. What is not named does not happen.
 * @throws {SetupError}
 */
export function parseMix(text: string): Mix {
  const weights = text.split(',').map((part): [string, number] => {
    const [, name = '', weight = ''] = PART.exec(part.trim()) ?? [];
    return [name, Number(weight)];
  });
  const known = weights.every(([name]) => (CUSTOMER_ACTIONS as readonly string[]).includes(name));
  const named = new Set(weights.map(([name]) => name)).size === weights.length;
  if (!known || !named || weights.every(([, weight]) => weight === 0)) {
    const example = CUSTOMER_ACTIONS.map((name) => `${name}=${DEFAULT_MIX[name]}`).join(',');
    throw new SetupError(`the mix "${text}" is not of the form ${example}`);
  }
  const none: Mix = { browse: 0, cart: 0, add: 0, index: 0, checkout: 0 };
  return { ...none, ...(Object.fromEntries(weights) as Partial<Mix>) };
}

export function drawAction(mix: Mix, dice: Dice): CustomerAction {
  let rest = dice.below(CUSTOMER_ACTIONS.reduce((sum, name) => sum + mix[name], 0));
  for (const name of CUSTOMER_ACTIONS) {
    if (rest < mix[name]) return name;
    rest -= mix[name];
  }
  throw new Error('the mix has no weights');
}
