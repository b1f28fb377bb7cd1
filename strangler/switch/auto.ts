// switch auto: takes a capability to its service step by step, each behind what was measured, or back to the monolith.
import { createInterface } from 'node:readline/promises';
import { SetupError } from '#platform/setup-error.ts';
import { diff } from '../ownership/diff/diff.ts';
import type { Replica } from '../ownership/replica.ts';
import { replicate } from '../ownership/replicate.ts';
import { readStatus } from '../ownership/status.ts';
import type { Action, World } from './auto/decide.ts';
import { createFiguresReader } from './auto/figures.ts';
import type { Bounds } from './auto/gates.ts';
import { openAutoLog } from './auto/log.ts';
import { runLoop, type Acting, type Ending, type Look } from './auto/loop.ts';
import { whoAmI } from './client.ts';
import { readKnown } from './known-plans.ts';
import type { Output } from './replicate.ts';
import { runSetPercent } from './set-percent.ts';
import { runWrites } from './writes.ts';

export interface AutoOptions extends Pick<Output, 'json' | 'print' | 'signal'> {
  readonly bounds: Bounds;
  /** The pages for Prometheus of all gateways. */
  readonly gateways: readonly string[];
  /** Whether a person is asked before each step towards the service. */
  readonly ask: boolean;
  /** Of the switch's database, as an administrator. */
  readonly plansUrl: string | undefined;
}

const SILENT = { json: true, print: () => undefined } as const;

/** @returns whether the service owns now. @throws {SetupError} where it could not go on: it stays as it is then. */
export async function runAuto(replica: Replica, options: AutoOptions): Promise<boolean> {
  const { capability } = replica;
  const { json, print, signal, bounds, gateways, ask, plansUrl } = options;
  if (plansUrl === undefined) throw new SetupError('there is no switch that could plan anything: npm start');
  if (ask && !process.stdin.isTTY) throw new SetupError('nobody can be asked here: run it at a terminal');
  const begun = performance.now();
  const taken: { readonly atMs: number; readonly action: Action }[] = [];

  function tell(action: Action, world: World): void {
    taken.push({ atMs: Math.round(performance.now() - begun), action });
    if (!json) print(`${clock(performance.now() - begun)}  ${formatAction(action, world)}`);
  }

  const ending = await runLoop(
    {
      ...openAutoLog(plansUrl, capability, whoAmI()),
      figures: createFiguresReader(capability, gateways),
      look: () => look(replica, plansUrl),
      act: (action) => act(replica, action, plansUrl, signal),
      agree: async (action) => !ask || agree(action),
    },
    {
      ...{ bounds, signal, onAction: tell },
      onTrouble: (line) => void (json || print(`${clock(performance.now() - begun)}  ! ${line}`)),
    },
  );
  if (json) print(JSON.stringify({ capability, ...summary(ending), actions: taken }));
  return ending.as === 'moved';
}

const summary = ({ as, reason }: Ending) => ({ ended: as, reason });

async function look(replica: Replica, plansUrl: string): Promise<Look> {
  const { right, directions, phase, copying, sides } = await readStatus(replica);
  for (const { unreachable } of Object.values(sides))
    if (unreachable !== null) throw new SetupError(unreachable);
  const { plans, shadow, problems } = await readKnown(plansUrl);
  if (plans === null) throw new SetupError(problems.join('; '));
  const { servicePercent = 0, shadowPercent = 0 } = plans.get(replica.capability)?.reads ?? {};
  const counts = shadow?.get(replica.capability);
  const owner = right?.owner ?? 'monolith';
  const towards = directions.find(({ to }) => to !== owner);
  const { match = 0, mismatch = 0, lag = 0 } = counts ?? {};
  return {
    world: {
      replicated:
        phase === 'replicating' &&
        !copying &&
        directions.every((each) => each.subscription?.enabled === true),
      owner,
      readsPercent: servicePercent,
      shadowPercent,
    },
    compared: match + mismatch + lag,
    mismatches: mismatch,
    lagMs: towards?.lagMs ?? null,
  };
}

async function act(
  replica: Replica,
  action: Acting,
  plansUrl: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { capability } = replica;
  switch (action.do) {
    case 'replicate':
      await replicate(replica, { signal });
      return undefined;
    case 'diff': {
      const { tables, streams } = await diff(replica, { signal });
      if (streams.length > 0) throw new SetupError(streams.join('; '));
      return tables.reduce((sum, { missing, extra, changed }) => sum + missing + extra + changed, 0);
    }
    case 'shadow':
    case 'reads':
      await runSetPercent({ capability, verb: action.do, percent: action.percent }, SILENT);
      return undefined;
    case 'writes':
      await runWrites(replica, action.side, plansUrl, { ...SILENT, signal });
      return undefined;
  }
}

async function agree(action: Acting): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${wordsOf(action)}? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

function formatAction(action: Action, { readsPercent }: World): string {
  switch (action.do) {
    case 'wait':
      return `  waits at ${readsPercent} %: ${action.reason}`;
    case 'fail':
      return `✗ ${action.reason}: everything goes back to the monolith`;
    case 'end':
      return `${action.as}: ${action.reason}`;
    default:
      return wordsOf(action);
  }
}

function wordsOf(action: Acting): string {
  if (action.do === 'writes') return `writes ${action.side}`;
  if (action.do === 'reads' || action.do === 'shadow') return `${action.do} ${action.percent}`;
  return action.do;
}

const clock = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(8);
