// Traces of the model, drawn at random from a seed: the same seed draws the same traces.
import { nextStates } from '../actions.ts';
import { RULES } from '../rules.ts';
import { SCENARIOS, type ScenarioName } from '../scenarios.ts';
import type { State } from '../state.ts';

export interface Step {
  readonly action: string;
  readonly before: State;
  readonly after: State;
}

export interface Trace {
  /** What draws this very trace again: `seed 7, trace 12`. */
  readonly name: string;
  readonly scenario: ScenarioName;
  readonly start: State;
  readonly steps: readonly Step[];
}

/** What a step is, whoever does it: what is drawn, so that the many ways to apply an entry do not crowd out the rest. */
export const kindOf = (action: string): string =>
  action
    .replace(/coordinator \d/, 'a coordinator')
    .replace(/(monolith|service)/g, 'side')
    .replace(/applies .*/, 'applies');

/** Against what would end a trace before anything has come of it. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'a coordinator aborts': 0.15,
  'a coordinator dies': 0.2,
  "the side's PostgreSQL crashes": 0.15,
  'a coordinator grants to the side': 3,
  'the side is retired, and its slot dropped': 3,
};
const LONGEST = 40;

const scenarios = Object.entries(SCENARIOS) as [ScenarioName, State][];

/** Spread over the scenarios in turn. @param index from 0. */
export function drawTrace(seed: number, index: number): Trace {
  const [scenario, start] = scenarios[index % scenarios.length] as [ScenarioName, State];
  const steps = walk(start, randomFrom(seed * 1_000_003 + index));
  return { name: `seed ${seed}, trace ${index}`, scenario, start, steps };
}

function walk(start: State, random: () => number): readonly Step[] {
  const steps: Step[] = [];
  for (let before = start; steps.length < LONGEST;) {
    const choices = nextStates(before, RULES);
    if (choices.length === 0) break;
    const kinds = [...new Set(choices.map(({ action }) => kindOf(action)))];
    const kind = draw(kinds, (each) => WEIGHTS[each] ?? 1, random);
    const { action, state } = draw(
      choices.filter((choice) => kindOf(choice.action) === kind),
      () => 1,
      random,
    );
    steps.push({ action, before, after: state });
    before = state;
  }
  return steps;
}

function draw<T>(choices: readonly T[], weightOf: (choice: T) => number, random: () => number): T {
  let left = random() * choices.reduce((sum, choice) => sum + weightOf(choice), 0);
  for (const choice of choices) if ((left -= weightOf(choice)) < 0) return choice;
  return choices.at(-1) as T;
}

/** Numbers from 0 to 1: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
