// What holds in every state of the model, and what has to come true when nothing new happens any more.
import { otherSide, type Side } from '../replica.ts';
import { mayWrite } from '../transitions.ts';
import { applyNext, beginCopy, endCopy } from './actions.ts';
import type { Rules } from './rules.ts';
import { SIDES, streamOf, TABLES, viewOf, writeRow, type State } from './state.ts';

/** @returns what is broken; undefined where all is well. Judged by the real rules, whatever those of a mutant are. */
export function brokenIn(state: State, rules: Rules): string | undefined {
  const owners = ownersIn(state);
  if (owners.length > 1) return 'two active owners';
  return (
    owners.map((side) => lostAt(state, side)).find((lost) => lost !== undefined) ??
    brokenAfterSettling(state, rules)
  );
}

const ownersIn = (state: State): readonly Side[] =>
  SIDES.filter(
    (side) => !(state.completed && side === 'monolith') && mayWrite(side, viewOf(state, side).row),
  );

function lostAt(state: State, side: Side): string | undefined {
  const { writes } = viewOf(state, side);
  const lost = SIDES.flatMap((each) => state[each].log).find(
    (entry) => entry.startsWith('w') && !writes.has(entry.slice(1)),
  );
  return lost === undefined ? undefined : `the ${side} owns, and lacks the acknowledged write ${lost}`;
}

/** What comes of a state when nothing new happens: copies and streams end, and what is drained is aborted. */
export interface Settling {
  /** The sides at which it had to be aborted, each with what they show before. */
  readonly aborts: readonly { readonly side: Side; readonly before: State }[];
  readonly settled: State;
}

export function settle(state: State, rules: Rules): Settling {
  const aborts: { side: Side; before: State }[] = [];
  let settled = flow(state, rules);
  for (const side of SIDES) {
    const { row } = viewOf(settled, side);
    const aborted = row?.owner === side ? rules.abort(row) : undefined;
    if (aborted === undefined) continue;
    aborts.push({ side, before: settled });
    const log = [...settled[side].log, `r${writeRow(aborted)}`];
    settled = flow({ ...settled, [side]: { ...settled[side], log, durable: log.length } }, rules);
  }
  return { aborts, settled };
}

function brokenAfterSettling(state: State, rules: Rules): string | undefined {
  const { settled } = settle(state, rules);
  const owners = ownersIn(settled);
  const [owner] = owners;
  if (owner === undefined) return 'when all has settled nobody owns';
  if (owners.length > 1) return 'when all has settled there are two active owners';
  const lost = lostAt(settled, owner);
  if (lost !== undefined) return `when all has settled ${lost}`;
  const tampered = SIDES.some((side) => streamOf(settled[side]).some((entry) => /^[bf]/.test(entry)));
  if (tampered || settled.completed) return undefined;
  const [one, other] = [viewOf(settled, owner), viewOf(settled, otherSide(owner))];
  const same =
    one.writes.size === other.writes.size && [...one.writes].every((write) => other.writes.has(write));
  return same && one.row !== undefined && other.row !== undefined && writeRow(one.row) === writeRow(other.row)
    ? undefined
    : 'when all has settled the sides differ';
}

/** Copies end, and the streams bring what they can. */
function flow(state: State, rules: Rules): State {
  let now = state;
  for (;;) {
    const before = now;
    for (const table of TABLES) {
      if (viewOf(now, 'service').copied[table] !== undefined || now.completed) continue;
      const begun = now.copying[table] === '' ? beginCopy(now, table) : now;
      now = endCopy(begun, table, rules) ?? now;
    }
    for (const side of SIDES) now = applyNext(now, side, rules) ?? now;
    if (
      viewOf(now, 'service') === viewOf(before, 'service') &&
      viewOf(now, 'monolith') === viewOf(before, 'monolith')
    )
      return now;
  }
}
