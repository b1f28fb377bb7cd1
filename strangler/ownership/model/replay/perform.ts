// Performs a trace of the model on a lane, one step after another, by the project's own operations where there is one.
import { otherSide } from '../../replica.ts';
import { settle } from '../invariants.ts';
import { RULES } from '../rules.ts';
import { SIDES, streamOf, viewOf, type State } from '../state.ts';
import { abortDrain, beOutrun, confirm, die, drainSide, findDrained, grantTarget } from './coordinators.ts';
import { eventually } from './eventually.ts';
import type { Lane } from './lane.ts';
import { compare, failures } from './observe.ts';
import { ConfirmedEarly, Differs, FlushedEarlier, type Perform, type Run } from './run.ts';
import { applyNext, beginAnew, beginCopy, crash, endCopy, flush, retire } from './streams.ts';
import type { Step, Trace } from './walks.ts';
import { beRefused, bypass, commit, forge, passFence, takeSnapshot, writeBySnapshot } from './writers.ts';

export type Outcome =
  | { readonly is: 'agrees' }
  | { readonly is: 'differs'; readonly at: string; readonly differences: readonly string[] }
  /** PostgreSQL had on its disk what the model had lost: an order that this machine did not take. */
  | { readonly is: 'flushed earlier' }
  /**
   * PostgreSQL lets go of what a receiver has not on disk: a worker that begins again does not know what the one before
   * it has applied, and reports it as flushed. What a crash takes away then is not sent again.
   */
  | { readonly is: 'confirmed early' };

const AGREE_MS = 10_000;

const STEPS: readonly (readonly [RegExp, Perform])[] = [
  [/^a write passes the fence at the (\w+)$/, passFence],
  [/^a transaction takes its snapshot at the (\w+)$/, takeSnapshot],
  [/^it writes by that snapshot at the (\w+)$/, writeBySnapshot],
  [/^it is refused at the (\w+)$/, beRefused],
  [/^the write is committed and acknowledged at the (\w+)$/, commit],
  [/^the (\w+) applies \S+$/, applyNext],
  [/^the (\w+) has on disk what it has applied$/, flush],
  [/^the (\w+)'s PostgreSQL crashes$/, crash],
  [/^a superuser writes past the fence at the (\w+)$/, bypass],
  [/^a superuser makes an older row of ownership be sent at the (\w+)$/, forge],
  [/^the copy of (\w) begins$/, beginCopy],
  [/^the copy of (\w) ends$/, endCopy],
  [/^a table begins anew at the service$/, beginAnew],
  [/^coordinator (\d) drains the (\w+)$/, drainSide],
  [/^coordinator (\d) finds the (\w+) drained$/, findDrained],
  [/^coordinator (\d) dies$/, die],
  [/^coordinator (\d) finds that somebody else was faster$/, beOutrun],
  [/^coordinator (\d) aborts$/, abortDrain],
  [/^coordinator (\d) has it confirmed$/, confirm],
  [/^coordinator (\d) grants to the (\w+)$/, grantTarget],
  [/^the monolith is retired, and its slot dropped$/, retire],
];

async function perform(run: Run, step: Step, index: number): Promise<void> {
  for (const [pattern, how] of STEPS) {
    const words = pattern.exec(step.action);
    if (words !== null) return how(run, step, words.slice(1), index);
  }
  throw new Error(`nobody can perform: ${step.action}`);
}

/** Every state is compared, and what comes of the last when all streams flow. */
export async function performTrace(lane: Lane, trace: Trace): Promise<Outcome> {
  const run: Run = {
    lane,
    trace,
    seen: [],
    numbers: new Map(),
    positions: { monolith: [], service: [] },
    open: {},
    next: 1,
  };
  let at = 'the beginning';
  try {
    await lane.reset(trace.start);
    await agree(run, trace.start);
    for (const [index, step] of trace.steps.entries()) {
      at = `step ${index + 1}, ${step.action}`;
      await perform(run, step, index);
      await agree(run, step.after);
    }
    at = 'the end, when all flows';
    await performSettling(run, trace.steps.at(-1)?.after ?? trace.start);
    return { is: 'agrees' };
  } catch (error) {
    if (error instanceof FlushedEarlier) return { is: 'flushed earlier' };
    if (error instanceof ConfirmedEarly) return { is: 'confirmed early' };
    return {
      is: 'differs',
      at,
      differences: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    };
  }
}

/** What is on its way is waited for; what should not be there does not go away. */
async function agree({ lane, numbers, positions }: Run, state: State): Promise<void> {
  const deadline = performance.now() + AGREE_MS;
  for (;;) {
    const { differences, observed } = await compare(lane, state, numbers);
    if (differences.length === 0) {
      for (const side of SIDES) positions[side][state[side].log.length] = BigInt(observed[side].written);
      return;
    }
    if (performance.now() > deadline) throw new Differs(differences.join('\n'));
    // A table that is copied becomes ready when its receiver next looks up from its wait.
    for (const server of Object.values(lane.held)) server.ask();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** A stream whose next entry is refused stays where it is, and says so. */
async function performSettling(run: Run, state: State): Promise<void> {
  const { lane } = run;
  const refusals = { monolith: await failures(lane, 'monolith'), service: await failures(lane, 'service') };
  for (const server of Object.values(lane.held)) server.open();
  const { aborts, settled } = settle(state, RULES);
  for (const { side, before } of aborts) {
    await agree(run, before);
    await (
      await lane.session('administrator', side)
    ).query(`UPDATE catalog.ownership SET state = 'ACTIVE', target = NULL WHERE state = 'DRAINING'`);
  }
  await agree(run, settled);
  for (const side of SIDES) {
    if (settled.completed && side === 'service') continue;
    if (viewOf(settled, side).applied < streamOf(settled[otherSide(side)]).length)
      await eventually(`the ${side} refuses`, async () => (await failures(lane, side)) > refusals[side]);
  }
}
