// What to do next with a capability that moves by itself: from how it stands and what was measured, and from nothing else.
import { judgeGates, type Bounds, type Measured } from './gates.ts';

/** How the capability stands: whoever comes after a crash finds it again. */
export interface World {
  /** Both ways, every table. */
  readonly replicated: boolean;
  readonly owner: 'monolith' | 'service';
  readonly readsPercent: number;
  readonly shadowPercent: number;
}

/** What this run knows beside it. */
export interface Memory {
  /** Rows that were not the same; null before they were compared. */
  readonly differing: number | null;
  /** Why a gate has failed: from then on there is only the way back. */
  readonly failed: string | null;
}

export type Action =
  | { readonly do: 'replicate' | 'diff' }
  | { readonly do: 'shadow' | 'reads'; readonly percent: number }
  | { readonly do: 'writes'; readonly side: 'monolith' | 'service' }
  /** Not enough is known yet. */
  | { readonly do: 'wait'; readonly reason: string }
  /** A gate has failed, with what was measured and its bound. */
  | { readonly do: 'fail'; readonly reason: string }
  | { readonly do: 'end'; readonly as: 'moved' | 'rolled back' | 'inconclusive'; readonly reason: string };

/** The percentages of reads, one after the other. */
export const LADDER = [1, 5, 25, 50, 100] as const;

export function decide(world: World, memory: Memory, measured: Measured, bounds: Bounds): Action {
  if (memory.failed !== null) return goBack(world, memory.failed);
  const { replicated, owner, readsPercent, shadowPercent } = world;
  const asked = readsPercent > 0 || shadowPercent > 0 || owner === 'service';
  if (!replicated)
    return asked
      ? { do: 'fail', reason: 'the replication does not run, and the service is asked all the same' }
      : { do: 'replicate' };
  if (memory.differing === null) return { do: 'diff' };
  if (memory.differing > 0) return { do: 'fail', reason: `rows that differ: ${memory.differing} (bound 0)` };

  if (asked) {
    const gate = judgeGates(world, measured, bounds);
    if (gate.is === 'failed') return { do: 'fail', reason: gate.reason };
    if (gate.is === 'unknown')
      return measured.sinceMs > bounds.patienceMs
        ? { do: 'end', as: 'inconclusive', reason: gate.reason }
        : { do: 'wait', reason: gate.reason };
  }
  return goOn(world, bounds);
}

/** The next step; only behind its gate. */
function goOn({ owner, readsPercent, shadowPercent }: World, bounds: Bounds): Action {
  if (owner === 'service')
    return { do: 'end', as: 'moved', reason: `the service has owned it for ${bounds.soakMs / 1_000} s` };
  if (readsPercent === 100)
    // Whoever owns is who answers are held against: with the owner it turns round.
    return shadowPercent > 0 ? { do: 'shadow', percent: 0 } : { do: 'writes', side: 'service' };
  if (shadowPercent === 0) return { do: 'shadow', percent: bounds.shadowPercent };
  return { do: 'reads', percent: LADDER.find((step) => step > readsPercent) ?? 100 };
}

/** First the writes, since the monolith has to own before it alone is read. */
function goBack({ owner, readsPercent, shadowPercent }: World, reason: string): Action {
  if (owner === 'service') return { do: 'writes', side: 'monolith' };
  if (readsPercent > 0) return { do: 'reads', percent: 0 };
  if (shadowPercent > 0) return { do: 'shadow', percent: 0 };
  return { do: 'end', as: 'rolled back', reason };
}
