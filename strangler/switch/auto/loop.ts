// The loop of a capability that moves by itself: looks, decides, acts, until it has ended. The only place that reads and acts.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { decide, type Action, type Memory, type World } from './decide.ts';
import type { FiguresReader } from './figures.ts';
import type { Bounds, Measured, SideFigures } from './gates.ts';

/** Everything that the loop sees and does. */
export interface Surroundings {
  /** @throws {SetupError} where a side, or the switch, does not answer. */
  readonly look: () => Promise<Look>;
  readonly figures: FiguresReader;
  /** @returns of a comparison, how many rows differ. @throws {SetupError} where it could not be done. */
  readonly act: (action: Acting) => Promise<number | undefined>;
  /** Keeps that a gate has failed, until `forget`: whoever comes after a crash goes on with the way back. */
  readonly keepFailure: (reason: string) => Promise<void>;
  /** @returns what was kept, and not brought to its end. */
  readonly keptFailure: () => Promise<string | null>;
  readonly forgetFailure: () => Promise<void>;
  /** Whether a person agrees; asked before every step towards the service. */
  readonly agree: (action: Acting) => Promise<boolean>;
}

export interface Look {
  readonly world: World;
  /** Of all gateways, since ever. */
  readonly compared: number;
  readonly mismatches: number;
  readonly lagMs: number | null;
}

export type Acting = Extract<Action, { do: 'replicate' | 'diff' | 'shadow' | 'reads' | 'writes' }>;
export type Ending = Extract<Action, { do: 'end' }>;

export interface LoopOptions {
  readonly bounds: Bounds;
  readonly signal: AbortSignal;
  /** Of what is done, and why; a wait is told each time that its reason changes. */
  readonly onAction: (action: Action, world: World) => void;
  /** What cannot be seen, or done, just now. */
  readonly onTrouble: (line: string) => void;
}

const LOOK_EVERY_MS = 1_000;
/** Something that cannot be done is tried for so long. */
const TROUBLE_MS = 120_000;

/** @throws {SetupError} where it is interrupted, or cannot look or act for two minutes: it stays as it is then. */
export async function runLoop(surroundings: Surroundings, options: LoopOptions): Promise<Ending> {
  const { look, figures, act, agree } = surroundings;
  const { bounds, signal, onAction, onTrouble } = options;
  let memory: Memory = { differing: null, failed: await surroundings.keptFailure() };
  let [since, troubleSince] = [performance.now(), Infinity];
  let first: Look | undefined;
  let baseline: SideFigures | undefined;
  let told = '';
  begin();

  /** A new step: what was measured before it counts no more. */
  function begin(): void {
    since = performance.now();
    figures.begin();
  }

  /** The monolith's are kept for when it has too few reads left to be measured. */
  function measure(now: Look, begun: Look): Measured {
    const { service, monolith } = figures.read();
    if (monolith.requests >= bounds.requests) baseline = monolith;
    return {
      sinceMs: performance.now() - since,
      service,
      monolith: baseline ?? monolith,
      compared: now.compared - begun.compared,
      mismatches: now.mismatches - begun.mismatches,
      lagMs: now.lagMs,
    };
  }

  async function step(): Promise<Ending | undefined> {
    const now = await look();
    first ??= now;
    // On the way back nothing is measured any more, and nothing that is away may hold it up.
    if (memory.failed === null) await figures.poll();
    const action = decide(now.world, memory, measure(now, first), bounds);
    const words = JSON.stringify(action);
    if (words !== told) onAction(action, now.world);
    told = words;
    if (action.do === 'wait') return undefined;
    if (action.do === 'end') {
      if (action.as === 'rolled back') await surroundings.forgetFailure();
      return action;
    }
    if (action.do === 'fail') {
      await surroundings.keepFailure(action.reason);
      memory = { ...memory, failed: action.reason };
      await failpoint('auto.failed');
      return undefined;
    }
    if (memory.failed === null && !(await agree(action)))
      return { do: 'end', as: 'inconclusive', reason: 'nobody agreed to the next step' };
    const differing = await act(action);
    // A comparison changes nothing, and is made again by each run.
    if (differing === undefined) await failpoint('auto.acted');
    else memory = { ...memory, differing };
    begin();
    return undefined;
  }

  for (;;) {
    if (signal.aborted) throw new SetupError('interrupted: it stays as it is, and the same command goes on');
    try {
      const ending = await step();
      if (ending !== undefined) return ending;
      troubleSince = Infinity;
    } catch (error) {
      if (!(error instanceof SetupError) || signal.aborted) throw error;
      troubleSince = Math.min(troubleSince, performance.now());
      onTrouble(error.message);
      if (performance.now() - troubleSince > TROUBLE_MS) throw error;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
