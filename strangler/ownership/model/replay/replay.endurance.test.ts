// The model against PostgreSQL: SHOP_REPLAY_TRACES says how many traces, SHOP_REPLAY_SEED which.
import { z } from 'zod';
import { number, readConfig, setting } from '#platform/config.ts';
import { openLane, type Lane } from './lane.ts';
import { performTrace } from './perform.ts';
import { drawTrace, kindOf } from './walks.ts';

const {
  count,
  seed,
  lanes: laneCount,
} = readConfig({
  count: setting('SHOP_REPLAY_TRACES', number(100)),
  seed: setting('SHOP_REPLAY_SEED', number(1)),
  lanes: setting('SHOP_REPLAY_LANES', z.coerce.number().int().positive().default(2)),
});

test(`${count} traces of the model, performed on PostgreSQL, show what the model says (SHOP_REPLAY_SEED=${seed})`, async () => {
  const begin = performance.now();
  const differing: string[] = [];
  const outcomes = { agrees: 0, differs: 0, 'flushed earlier': 0, 'confirmed early': 0 };
  const performed = new Map<string, number>();
  let [next, wanted, steps] = [0, count, 0];
  const lanes = await Promise.all(Array.from({ length: laneCount }, openLane));
  async function work(lane: Lane): Promise<void> {
    while (next < wanted) {
      const trace = drawTrace(seed, next++);
      let outcome = await performTrace(lane, trace);
      for (let tries = 0; outcome.is === 'flushed earlier' && tries < 2; tries += 1)
        outcome = await performTrace(lane, trace);
      outcomes[outcome.is] += 1;
      // An order that PostgreSQL does not take is one that was not compared: another is drawn in its place.
      if (outcome.is !== 'agrees' && outcome.is !== 'differs') {
        wanted += 1;
        continue;
      }
      steps += trace.steps.length;
      if (outcome.is === 'differs')
        differing.push(
          [
            `${trace.name}, ${trace.scenario}: at ${outcome.at}`,
            ...outcome.differences,
            ...trace.steps.map(({ action }, index) => `  ${index + 1}. ${action}`),
          ].join('\n'),
        );
      for (const { action } of trace.steps)
        performed.set(kindOf(action), (performed.get(kindOf(action)) ?? 0) + 1);
    }
  }
  try {
    await Promise.all(lanes.map(work));
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  const seconds = ((performance.now() - begin) / 1_000).toFixed(0);
  console.log(
    [
      `${count} traces of seed ${seed} in ${seconds} s, ${steps} steps:`,
      ...[...performed]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([kind, times]) => `  ${times} × ${kind}`),
      ...Object.entries(outcomes).map(([is, times]) => `${is}: ${times}`),
    ].join('\n'),
  );
  expect(differing).toEqual([]);
  expect(outcomes.agrees).toBe(count);
  expect(next).toBeLessThan(1.05 * count + 5);
  if (count >= 100) expect(performed.size).toBeGreaterThan(20);
}, 3_600_000);
