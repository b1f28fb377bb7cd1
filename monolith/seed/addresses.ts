// Where the customers live: Irish towns with their real routing keys, and streets as every one of them has.
import { createDice, type Dice } from './dice.ts';

/** As a checkout takes it. */
export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** Town, and the first half of its postal codes. */
const TOWNS = [
  ['Dublin 2', 'D02'],
  ['Dublin 6', 'D06'],
  ['Dublin 8', 'D08'],
  ['Dún Laoghaire', 'A96'],
  ['Cork', 'T12'],
  ['Limerick', 'V94'],
  ['Galway', 'H91'],
  ['Waterford', 'X91'],
  ['Kilkenny', 'R95'],
  ['Sligo', 'F91'],
  ['Tralee', 'V92'],
  ['Wexford', 'Y35'],
  ['Athlone', 'N37'],
  ['Drogheda', 'A92'],
  ['Ennis', 'V95'],
] as const;

const STREETS =
  'Main Street, Church Street, Patrick Street, Bridge Street, Castle Street, Mill Lane, Abbey Road, Harbour Row, Station Road, Chapel Hill, Market Square, Park Avenue, Quay Street, Rose Cottages, Weaver Lane, Convent Road, Strand Road, Orchard Terrace, Green Lane, Parnell Street'.split(
    ', ',
  );

/** Eircodes leave out the letters that look like others. */
const POSTAL_CHARACTERS = [...'0123456789ACDEFHKNPRTVWXY'];

/** @param index of the customer. */
export function addressOf(seed: number, index: number, name: string): Address {
  const dice = createDice(seed, 'addresses', index);
  const [city, routingKey] = dice.pick(TOWNS);
  const line1 = `${dice.between(1, 120)} ${dice.pick(STREETS)}`;
  const postalCode = `${routingKey} ${postalCharacters(dice)}`;
  const flat = dice.chance(0.25) ? { line2: `Flat ${dice.between(1, 12)}` } : {};
  return { name, line1, ...flat, city, postalCode, country: 'IE' };
}

const postalCharacters = (dice: Dice) => [1, 2, 3, 4].map(() => dice.pick(POSTAL_CHARACTERS)).join('');
