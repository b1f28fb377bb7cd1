// The whole run: ground, writers, one fault after the other, and then every invariant.
import { pino } from 'pino';
import { createShutdown } from '#platform/shutdown.ts';
import { startHeartbeats } from '../strangler/ownership/heartbeats.ts';
import { openGround } from './ground/ground.ts';
import { judgeAccounts } from './invariants/accounts.ts';
import { judgeCallers } from './invariants/callers.ts';
import { readEnd } from './invariants/final-rows.ts';
import type { Finding, Verdict } from './invariants/invariant.ts';
import { watchOwners } from './invariants/owners.ts';
import { judgeRegisters } from './invariants/registers.ts';
import { judgeSet } from './invariants/set.ts';
import { createHistory, record } from './load/history.ts';
import { startWriters } from './load/writers.ts';
import { createDisturbance } from './nemesis/disturbance.ts';
import { createNemesis } from './nemesis/nemesis.ts';
import { createSwitches } from './nemesis/switches.ts';
import { DEFAULTS, type TortureOptions } from './options.ts';
import { prepareShop } from './shop/run-shop.ts';
import { decide, spreadsOf, type Report } from './report.ts';
import { createTrace } from './trace.ts';

const MOST_FINDINGS = 10;

/** @throws where the ground itself cannot be made. Whatever happens, no process and no file is left. */
export async function runTorture(options: TortureOptions): Promise<Report> {
  const shutdown = createShutdown(pino({ level: 'warn' }, pino.destination(2)));
  try {
    return await run(options, shutdown);
  } finally {
    await shutdown.stop();
  }
}

async function run(options: TortureOptions, shutdown: ReturnType<typeof createShutdown>): Promise<Report> {
  const { seconds, seed, settleMs = DEFAULTS.settleMs, bounds, signal, only, plant } = options;
  const trace = createTrace(options.onLine);
  const ground = await openGround(shutdown);
  const history = createHistory();
  const disturbance = createDisturbance();
  const meanwhile: Finding[] = [];
  const violate = (text: string) => {
    const now = performance.now();
    meanwhile.push({ text, span: { invoked: now, completed: now } });
    trace.note(`VIOLATED: ${text}`);
  };
  const shop =
    options.shop &&
    (await prepareShop(
      { seed, ground, trace, violate, load: options.shop, disturbedSince: disturbance.since },
      shutdown,
    ));
  await plant?.sabotage?.(ground, shop?.shop);
  const heartbeats = startHeartbeats(ground.direct);
  shutdown.onStop('heartbeats', () => heartbeats.stop());
  const owners = watchOwners(ground.direct, () => history.newestEpoch, violate);
  shutdown.onStop('owners', () => owners.stop());
  const switches = createSwitches(ground.replica, trace, disturbance.since, plant?.move);
  const writers = startWriters({
    ...options,
    ground,
    history,
    count: options.writers,
    disturbedSince: disturbance.since,
    onAcknowledged: switches.accepted,
  });
  shutdown.onStop('writers', () => writers.stop());
  shop?.start();
  const nemesis = createNemesis({
    ground,
    switches,
    shop,
    disturbance,
    trace,
    seed,
    settleMs,
    only,
    writesDrained: async () => void (await Promise.all([writers.drained(), shop?.drained()])),
    violate,
    signal,
  });
  shutdown.onStop('faults', () => nemesis.heal());

  const begin = performance.now();
  const elapsed = () => (performance.now() - begin) / 1_000;
  while (elapsed() < seconds && signal?.aborted !== true) await nemesis.playRound();
  const lasted = elapsed();
  trace.note('all faults are over');
  await Promise.all([writers.stop(), shop?.stop()]);
  await owners.stop();
  await heartbeats.stop();

  const { rows, settled, same } = await readEnd(ground.direct, history.open, settleMs);
  for (const { open, answer } of settled)
    if (answer !== undefined && open.operation.kind !== 'add') record(history, open.operation, answer, open);
  const verdicts: readonly Verdict[] = [
    { invariant: 'nothing happens that must not happen', checked: owners.looks(), findings: meanwhile },
    ...judgeSet(history, settled, rows),
    judgeRegisters(history.registers, rows),
    ...judgeAccounts(history.changes, rows),
    same,
    ...judgeCallers(history, settled),
    ...((await shop?.judge(settleMs)) ?? []),
  ];
  const facts = {
    seed,
    seconds: Number(lasted.toFixed(1)),
    writes: { ...history.counts, unknownDone: settled.filter(({ answer }) => answer !== undefined).length },
    switches: switches.counts,
    gapsMs: spreadsOf(switches.gaps),
    ...(shop && { shop: shop.facts() }),
    faults: nemesis.counts,
    ownerLooks: owners.looks(),
    invariants: verdicts.map(({ invariant, checked, findings }) => ({
      invariant,
      checked,
      violations: findings.length,
    })),
  };
  const findings = verdicts
    .flatMap((verdict) => verdict.findings)
    .slice(0, MOST_FINDINGS)
    .map(({ text, span }) => ({
      text,
      trace:
        span === undefined
          ? trace.lines().slice(-40)
          : trace.around(span.invoked, finite(span.completed, span.invoked)),
    }));
  return { ...decide(facts, bounds, signal?.aborted === true), ...facts, findings };
}

const finite = (time: number, fallback: number) => (Number.isFinite(time) ? time : fallback + 10_000);
