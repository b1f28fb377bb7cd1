// The names, prices and descriptions of a category's products, put together from its plan.
import { listOf, phrasesOf, type CategoryPlan } from './assortment/category-plan.ts';
import { createWalk, type Dice } from './dice.ts';
import { qualities, traitSentences, type Quality } from './words.ts';

export interface Wording {
  readonly name: string;
  readonly description: string;
  /** Minor units. */
  readonly price: number;
}

/** A word as it stands in a sentence, and in a title. */
interface Word {
  readonly text: string;
  readonly title: string;
}

interface Thing extends Word {
  readonly plural: boolean;
  /** Minor units. */
  readonly usualPrice: number;
}

const COLOURS =
  'Slate, Ivory, Moss, Rust, Navy, Sand, Charcoal, Sage, Plum, Ochre, Teal, Chalk, Terracotta, Ink, Olive, Rose';

/**
 * @param dice decides where to begin.
 * @returns a function of the product's number within the category. No two numbers get the same name: when all
 *   combinations are used up they come again in colours, and then in a second series of each colour.
 */
export function createWording(plan: CategoryPlan, dice: Dice): (number: number, dice: Dice) => Wording {
  const things = listOf(plan.things).map(toThing);
  const traits = listOf(plan.traits).map((text) => ({ ...toWord(text), sentence: traitSentences[text] }));
  const kinds = listOf(plan.qualities).map((text) => ({ ...toWord(text), ...qualityNamed(text) }));
  const uses = phrasesOf(plan.uses);
  const facts = phrasesOf(plan.facts);
  const colours = listOf(COLOURS);
  const combinations = createWalk(things.length * traits.length * kinds.length, dice);

  function describe(
    thing: Thing,
    trait: string,
    kind: string,
    details: readonly string[],
    dice: Dice,
  ): string {
    const product = `${kind} ${trait} ${thing.text}`;
    const use = dice.pick(uses);
    const opening = [
      `${thing.plural ? '' : withArticle(kind)}${product} for ${use}.`,
      `Made for ${use}: ${thing.plural ? '' : withArticle(kind)}${product}.`,
      `Our ${product} ${thing.plural ? 'are' : 'is'} made for ${use}.`,
    ][dice.below(3)] as string;
    const detail = dice.chance(0.7) ? ` ${dice.pick(details)}` : '';
    const fact = dice.chance(0.6) ? ` ${dice.pick(facts)}` : '';
    return `${opening.charAt(0).toUpperCase()}${opening.slice(1)}${detail}${fact}`;
  }

  return (number, dice) => {
    const combination = combinations.at(number);
    const thing = things[Math.floor(combination / (traits.length * kinds.length))] as Thing;
    const trait = traits[Math.floor(combination / kinds.length) % traits.length] as (typeof traits)[0];
    const kind = kinds[combination % kinds.length] as (typeof kinds)[0];

    const round = Math.floor(number / combinations.size);
    const series = Math.floor((round - 1) / colours.length) + 1;
    const colour = round === 0 ? '' : `, ${colours[(round - 1) % colours.length]}`;
    const details = trait.sentence === undefined ? [kind.sentence] : [kind.sentence, trait.sentence];
    return {
      name: `${kind.title} ${trait.title} ${thing.title}${colour}${series > 1 ? `, Series ${series}` : ''}`,
      description: describe(thing, trait.text, kind.text, details, dice),
      price: retailPrice(thing.usualPrice * kind.priceFactor * (0.75 + 0.5 * dice.fraction())),
    };
  };
}

/** `French press 29`: what it is, and its usual price in euros. */
function toThing(entry: string): Thing {
  const [, text = '', price] = /^(.*) (\d+)$/.exec(entry) ?? [];
  return { ...toWord(text), plural: /[^s]s$/.test(text), usualPrice: Number(price) * 100 };
}

const toWord = (text: string): Word => ({
  text,
  title: text.replace(/(?<=^|[ -])\p{Ll}/gu, (letter) => letter.toUpperCase()),
});

function qualityNamed(name: string): Quality {
  const found = qualities[name];
  if (found === undefined) throw new Error(`words.ts knows no quality ${name}`);
  return found;
}

const withArticle = (next: string) => (/^[aeiou]/i.test(next) ? 'an ' : 'a ');

/** A price as shops like them: 7.49, 23.90, 149.00. */
function retailPrice(cents: number): number {
  if (cents < 2_000) return Math.max(1, Math.round(cents / 50)) * 50 - 1;
  if (cents < 10_000) return Math.round(cents / 100) * 100 - 10;
  return Math.round(cents / 1_000) * 1_000 - 100;
}
