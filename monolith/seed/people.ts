// People's names, and the e-mail addresses that go with them; from faker's lists, each pair of names once.
import type { Faker } from '@faker-js/faker';
import { faker as shared } from '@faker-js/faker/locale/en';
import { createDice, createWalk } from './dice.ts';

export interface Person {
  readonly name: string;
  /** In lower case. */
  readonly email: string;
}

const FIRST_NAMES = 300;
const LAST_NAMES = 300;

/** @returns the person of a number; when all pairs of names are used up they come again, with a number in the address. */
export function createPeople(seed: number): (index: number) => Person {
  const faker = ownFaker(seed);
  const firstNames = distinct(FIRST_NAMES, () => faker.person.firstName());
  const lastNames = distinct(LAST_NAMES, () => faker.person.lastName());
  const pairs = createWalk(firstNames.length * lastNames.length, createDice(seed, 'people'));

  return (index) => {
    const pair = pairs.at(index);
    const first = firstNames[pair % firstNames.length] as string;
    const last = lastNames[Math.floor(pair / firstNames.length)] as string;
    const round = Math.floor(index / pairs.size);
    const login = `${first}.${last}${round === 0 ? '' : round + 1}`.toLowerCase();
    return { name: `${first} ${last}`, email: `${login}@shop.test` };
  };
}

/**
 * An instance of our own, since the one that is exported is everybody's. Its class comes from there too: the main
 * entry of faker would load seventy languages, and take 150 ms for it.
 */
function ownFaker(seed: number): Faker {
  const FakerClass = shared.constructor as typeof Faker;
  return new FakerClass({ locale: [shared.rawDefinitions], seed });
}

/** Plain words only: no `O'Hara`, no `Lind-Kuvalis`, so that addresses need no escaping and differ when names do. */
function distinct(count: number, draw: () => string): readonly string[] {
  const names = new Set<string>();
  while (names.size < count) {
    const name = draw();
    if (/^[A-Z][a-z]+$/.test(name)) names.add(name);
  }
  return [...names];
}
