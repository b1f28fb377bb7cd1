// Visits every state that can be reached, nearest first, so that the first trace to a broken one is a shortest.
import { nextStates } from './actions.ts';
import { brokenIn } from './invariants.ts';
import type { Rules } from './rules.ts';
import { forgetViews, keyOf, type State } from './state.ts';

export interface Exploration {
  readonly states: number;
  /** Steps between states, those included that lead where one has been. */
  readonly steps: number;
  /** Undefined where nothing is broken. */
  readonly broken?: { readonly invariant: string; readonly trace: readonly string[] };
}

interface Visited {
  readonly state: State;
  readonly action: string;
  readonly from: Visited | undefined;
}

/** @throws where there are more states than `limit`: then nothing was proved. */
export function explore(start: State, rules: Rules, limit = 2_000_000): Exploration {
  forgetViews();
  const seen = new Set([keyOf(start)]);
  let frontier: Visited[] = [{ state: start, action: 'start', from: undefined }];
  let steps = 0;
  while (frontier.length > 0) {
    const next: Visited[] = [];
    for (const visited of frontier) {
      for (const { action, state, broken } of nextStates(visited.state, rules)) {
        steps += 1;
        const key = keyOf(state);
        if (broken === undefined && seen.has(key)) continue;
        seen.add(key);
        const reached = { state, action, from: visited };
        const invariant = broken ?? brokenIn(state, rules);
        if (invariant !== undefined)
          return { states: seen.size, steps, broken: { invariant, trace: traceOf(reached) } };
        next.push(reached);
      }
      if (seen.size > limit) throw new Error(`more than ${limit} states: nothing is proved`);
    }
    frontier = next;
  }
  return { states: seen.size, steps };
}

function traceOf(last: Visited): readonly string[] {
  const trace: string[] = [];
  for (let visited: Visited | undefined = last; visited?.from !== undefined; visited = visited.from)
    trace.unshift(visited.action);
  return trace;
}
