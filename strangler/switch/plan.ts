// switch plan: what a move of the right to write would find and do; it changes nothing.
import { planMove, readRight } from '../ownership/move-ownership.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { Bounds, Check } from '../ownership/preflight.ts';
import { otherSide, type Replica, type Side } from '../ownership/replica.ts';
import { formatRight } from '../ownership/status-text.ts';
import { abort, drain, grant } from '../ownership/transitions.ts';
import type { Output } from './replicate.ts';

export interface MovePlan {
  readonly capability: string;
  readonly target: Side;
  readonly right: Ownership;
  /** None where it would move nothing. */
  readonly checks: readonly Check[];
  readonly wouldMove: boolean;
  /** The row after each step; none where it would not move. */
  readonly steps: readonly { readonly step: string; readonly after: Ownership }[];
}

/**
 * @param target the side that does not own, if it is not said.
 * @returns whether `writes` would get there, by what is found now.
 * @throws {SetupError} where nothing is replicated, or a side does not answer.
 */
export async function runPlan(
  replica: Replica,
  target: Side | undefined,
  { json, print }: Pick<Output, 'json' | 'print'>,
  bounds?: Bounds,
): Promise<boolean> {
  const right = await readRight(replica);
  const plan = await look(replica, right, target ?? right.target ?? otherSide(right.owner), bounds);
  if (json) print(JSON.stringify(plan));
  else for (const line of formatPlan(plan)) print(line);
  return plan.checks.every(({ holds }) => holds);
}

async function look(replica: Replica, right: Ownership, target: Side, bounds?: Bounds): Promise<MovePlan> {
  const { capability } = replica;
  const nothing = { capability, target, right, checks: [], wouldMove: false, steps: [] };
  if (right.owner === target) return nothing;
  const checks = await planMove(replica, target, bounds);
  if (!checks.every(({ holds }) => holds)) return { ...nothing, checks };
  const active = abort(right) ?? right;
  const drained = drain(active, target) ?? active;
  const granted = grant(drained) ?? drained;
  const steps = [
    ...(right.state === 'DRAINING' ? [{ step: 'abort', after: active }] : []),
    { step: 'drain', after: drained },
    { step: 'confirm', after: drained },
    { step: 'grant', after: granted },
    { step: 'activate', after: granted },
  ];
  return { capability, target, right, checks, wouldMove: true, steps };
}

function formatPlan({ capability, target, right, checks, wouldMove, steps }: MovePlan): readonly string[] {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const found = checks.map(
    ({ check, measured, bound, holds }) =>
      `  ${holds ? '✓' : '✗'} ${check.padEnd(width)}  ${measured} (bound ${bound})`,
  );
  return [`${capability}: ${formatRight(right)}`, ...found, ...verdict()];

  function verdict(): readonly string[] {
    const writes = `npm run switch -- writes ${capability} ${target}`;
    if (right.owner === target)
      return [
        right.state === 'ACTIVE'
          ? `the ${target} owns already: nothing would move`
          : `${writes} would take the drain back`,
      ];
    if (!wouldMove) return [`${writes} would not move it`];
    return [
      `${writes} would`,
      ...steps.map(({ step, after }) => `  ${step.padEnd(8)}  ${formatRight(after)}`),
      'and take the drain back, should the other side not show it within 1.5 s',
    ];
  }
}
