// Begins every action when it is due, whether or not earlier ones have been answered: an open loop.
//
// A closed loop waits for an answer before it asks again. While a server stalls it asks nothing, and so measures one
// slow answer where hundreds of customers would have waited (coordinated omission).
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

export interface OpenLoopOptions {
  /** When actions are due, in milliseconds from the start. */
  readonly schedule: Iterable<number>;
  /** Milliseconds from the start. */
  readonly end: number;
  readonly maxInFlight: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** @param due in milliseconds from the start, as in the schedule. */
  readonly begin: (index: number, due: number) => Promise<void>;
  /** Instead of `begin`, where as many as allowed are in flight. */
  readonly drop: (due: number) => void;
}

export interface OpenLoop {
  readonly inFlight: () => number;
  /** Resolves when the last action is due; those in flight go on. Rejects where an action did. */
  run(): Promise<void>;
  /** Waits for the actions in flight. */
  settle(): Promise<void>;
}

/** @param startAt by performance.now(). */
export function createOpenLoop(
  startAt: number,
  { schedule, end, maxInFlight, signal, begin, drop }: OpenLoopOptions,
): OpenLoop {
  const inFlight = new Set<Promise<void>>();
  const failure = Promise.withResolvers<never>();
  // Whoever waits gets to know of it; until somebody does, it is not unhandled.
  failure.promise.catch(() => undefined);

  function launch(index: number, due: number): void {
    const action: Promise<void> = begin(index, due)
      .catch(failure.reject)
      .finally(() => inFlight.delete(action));
    inFlight.add(action);
  }

  async function launchAll(): Promise<void> {
    let index = 0;
    for (const due of schedule) {
      if (due >= end || !(await reach(startAt + due, signal))) return;
      if (inFlight.size >= maxInFlight) drop(due);
      else launch(index, due);
      index += 1;
    }
  }

  return {
    inFlight: () => inFlight.size,
    run: () => Promise.race([launchAll(), failure.promise]),
    settle: () => Promise.race([Promise.all(inFlight).then(() => undefined), failure.promise]),
  };
}

/** Never early, since that would make latencies look shorter than they are. @returns false where the run was ended. */
async function reach(time: number, signal: AbortSignal): Promise<boolean> {
  let wait = time - performance.now();
  // Whoever is late must still let answers in between.
  if (wait <= 0) await breathe();
  for (; wait > 0 && !signal.aborted; wait = time - performance.now())
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
