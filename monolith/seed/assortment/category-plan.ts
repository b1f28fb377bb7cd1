// How a category of the seed is written down: short lists of words from which its products are put together.

export interface CategoryPlan {
  readonly slug: string;
  readonly name: string;
  /** The first part of its products' SKUs. */
  readonly sku: string;
  /** How many of the shop's products are here, in proportion to the other categories. */
  readonly share: number;
  /** What is sold: `teapot 38, …`, each with its usual price in euros. Plurals are found by their ending. */
  readonly things: string;
  /** What a thing may be made of, or able to do. Each fits each thing: `steel, glass, …`. */
  readonly traits: string;
  /** Names of qualities in `words.ts`. */
  readonly qualities: string;
  /** What completes "made for …": `slow mornings | …`. */
  readonly uses: string;
  /** Sentences that are true of each of the things: `The lid seals tight. | …`. */
  readonly facts: string;
}

export const listOf = (words: string): readonly string[] => words.split(/\s*[|,]\s*/);

/** Sentences and phrases may contain commas. */
export const phrasesOf = (phrases: string): readonly string[] => phrases.split(/\s*\|\s*/);
