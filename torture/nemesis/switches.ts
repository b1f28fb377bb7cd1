// Moves ownership, and measures for how long nobody's write was accepted: from the last one before to the first after.
import { setTimeout as sleep } from 'node:timers/promises';
import { moveOwnership, type Moved, type MoveStep } from '../../strangler/ownership/move-ownership.ts';
import { otherSide, type Replica, type Side } from '../../strangler/ownership/replica.ts';
import type { Trace } from '../trace.ts';

export interface Gap {
  readonly ms: number;
  /** Whether a fault was at work. */
  readonly disturbed: boolean;
}

/** As moveOwnership of the strangler; a test plants another. */
export type Move = (
  replica: Replica,
  target: Side,
  options: { readonly audit: OnStep },
) => Promise<Pick<Moved, 'moved' | 'epoch'>>;

export type OnStep = (step: MoveStep) => void;

export interface Switches {
  readonly replica: Replica;
  /** Tries once, whatever is at work. @returns false where it was refused or given up. */
  readonly tryMove: (target: Side, onStep?: OnStep) => Promise<boolean>;
  /** To wherever it is not, as far as this knows. */
  readonly tryToggle: (onStep?: OnStep) => Promise<boolean>;
  readonly owner: () => Side;
  /** To be told of each write, by where it was accepted. */
  readonly accepted: (side: Side, time: number) => void;
  /** Told of moves that others made. */
  readonly assume: (owner: Side) => void;
  readonly counts: { moved: number; planned: number; refused: number };
  readonly gaps: Gap[];
}

const FIRST_WRITE_DEADLINE_MS = 5_000;

export function createSwitches(
  replica: Replica,
  trace: Trace,
  disturbedSince: (time: number) => boolean,
  move: Move = moveOwnership,
): Switches {
  const last: Record<Side, number> = { monolith: 0, service: 0 };
  const watches = new Set<{ readonly side: Side; first: number | undefined }>();
  const counts = { moved: 0, planned: 0, refused: 0 };
  const gaps: Gap[] = [];
  let owner: Side = 'monolith';
  const of = replica.capability === 'catalog' ? ' of the catalog' : '';

  async function tryMove(target: Side, onStep: OnStep = () => undefined): Promise<boolean> {
    const begin = performance.now();
    const watch = { side: target, first: undefined as number | undefined };
    watches.add(watch);
    try {
      const { moved, epoch } = await move(replica, target, { audit: onStep });
      owner = target;
      if (!moved) return true;
      const end = performance.now();
      while (watch.first === undefined && performance.now() - end < FIRST_WRITE_DEADLINE_MS) await sleep(1);
      const disturbed = disturbedSince(begin);
      counts.moved += 1;
      if (!disturbed) counts.planned += 1;
      const source = last[otherSide(target)];
      // Where nothing was written before, there is nothing to measure.
      if (watch.first !== undefined && source > 0)
        gaps.push({ ms: Math.max(0, watch.first - source), disturbed });
      trace.note(
        `the ${target} owns${of}, epoch ${epoch}: ${(end - begin).toFixed(0)} ms, gap ${gaps.at(-1)?.ms.toFixed(0) ?? '?'} ms`,
      );
      return true;
    } catch (error) {
      counts.refused += 1;
      trace.note(`no switch${of} to the ${target}: ${(error as Error).message.split('\n').join('; ')}`);
      return false;
    } finally {
      watches.delete(watch);
    }
  }

  return {
    replica,
    tryMove,
    tryToggle: (onStep) => tryMove(otherSide(owner), onStep),
    owner: () => owner,
    accepted(side, time) {
      last[side] = time;
      for (const watch of watches) if (watch.side === side) watch.first ??= time;
    },
    assume: (now) => void (owner = now),
    counts,
    gaps,
  };
}
