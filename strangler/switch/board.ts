// The plans as the switch tells them: kept in memory, so that watchers are told of them whether or not the database answers.
import { defaultPlan, phaseOf, type Plan, type Plans } from '../plans/plan.ts';
import type { StoredPlan } from './plan-store.ts';

export interface PlanBoard {
  /** Of every capability; the same object until one of them changes. */
  readonly plans: () => Plans;
  /** What the database has. */
  readonly store: (plans: readonly StoredPlan[]) => void;
  readonly setReplicated: (capability: string, replicated: boolean) => void;
  /** With the phase that follows from it here. */
  readonly complete: (plan: StoredPlan) => Plan;
  /** Resolves when the plans are no longer `seen`, after `withinMs` at the latest, or when the signal fires. */
  readonly changed: (seen: Plans, withinMs: number, signal: AbortSignal) => Promise<void>;
}

export function createBoard(capabilities: readonly string[]): PlanBoard {
  const stored = new Map<string, StoredPlan>(capabilities.map((name) => [name, defaultPlan(name)]));
  const replicated = new Set<string>();
  const waiting = new Set<() => void>();
  let plans = completeAll();

  function complete({ capability, reads, version }: StoredPlan): Plan {
    return { capability, reads, phase: phaseOf(reads, replicated.has(capability)), version };
  }
  function completeAll(): Plans {
    return new Map([...stored].map(([name, plan]) => [name, complete(plan)]));
  }
  function tellIfChanged(): void {
    const next = completeAll();
    if (JSON.stringify([...next]) === JSON.stringify([...plans])) return;
    plans = next;
    for (const wake of [...waiting]) wake();
  }

  return {
    plans: () => plans,
    complete,
    store(changes) {
      // A capability that this checkout does not know belongs to a later one.
      for (const plan of changes) if (stored.has(plan.capability)) stored.set(plan.capability, plan);
      tellIfChanged();
    },
    setReplicated(capability, is) {
      if (is) replicated.add(capability);
      else replicated.delete(capability);
      tellIfChanged();
    },
    changed: (seen, withinMs, signal) =>
      new Promise((resolve) => {
        if (plans !== seen || signal.aborted) return resolve();
        const wake = () => {
          clearTimeout(late);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const late = setTimeout(wake, withinMs);
        signal.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
      }),
  };
}
