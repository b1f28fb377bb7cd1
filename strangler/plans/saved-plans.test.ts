import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { defaultPlan, type Plans } from './plan.ts';
import { openSavedPlans } from './saved-plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'shop-saved-plans-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Many, so that a file takes a while to write. */
const plansOf = (version: number): Plans =>
  new Map(
    Array.from({ length: 2_000 }, (_, index) => {
      const capability = `capability-${index}`;
      return [capability, { ...defaultPlan(capability), version }];
    }),
  );

test('whoever reads the file while it is saved finds the plans before or after, and whole', async () => {
  const file = join(folder, 'plans.json');
  const saved = openSavedPlans(file, pino({ level: 'silent' }));
  saved.save(plansOf(0));
  await saved.settled();

  let done = false;
  const versions: number[] = [];
  for (let version = 1; version <= 50; version += 1) saved.save(plansOf(version));
  void saved.settled().then(() => (done = true));
  while (!done) {
    const { plans } = JSON.parse(readFileSync(file, 'utf8')) as { plans: { version: number }[] };
    expect(plans).toHaveLength(2_000);
    expect(new Set(plans.map(({ version }) => version)).size).toBe(1);
    versions.push(plans[0]?.version ?? -1);
    await new Promise(setImmediate);
  }
  expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  expect(saved.load()).toEqual(plansOf(50));
  expect(readdirSync(folder)).toEqual(['plans.json']);
});
