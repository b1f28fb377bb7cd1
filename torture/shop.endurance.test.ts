// The shop's part of the instrument: a run with a fixed seed against its processes, and runs against bugs on purpose.
import { withClient } from '#platform/postgres/owners.ts';
import { SIDES } from './ground/ground.ts';
import { FAULTS } from './nemesis/faults.ts';
import type { TortureOptions } from './options.ts';
import type { Report } from './report.ts';
import { runTorture } from './run-torture.ts';
import type { Shop } from './shop/shop.ts';

const PROCESS_FAULTS = FAULTS.filter(({ ofShop }) => ofShop === true).map(({ name }) => name);

const short: TortureOptions = {
  seconds: 50,
  seed: 4_711,
  writers: 2,
  rate: 40,
  shop: { callers: 6, rate: 60 },
  bounds: { switches: 4, eachFault: 0, acknowledged: 50 },
  only: PROCESS_FAULTS,
};

const violated = ({ invariants }: Report) =>
  invariants.filter(({ violations }) => violations > 0).map(({ invariant }) => invariant);

const ABOUT_ANSWERS = ['shop: callers meet no answer but the expected ones', 'shop: prices are linearizable'];

const onBothSides = ({ direct }: Shop, statement: string) =>
  Promise.all(SIDES.map((side) => withClient(direct.urls[side], (admin) => admin.query(statement))));

test('the shop’s processes may die and stand still while its catalog moves, and violate no invariant', async () => {
  const report = await runTorture(short);
  expect(report).toMatchObject({ outcome: 'passed', reasons: [], findings: [] });
  expect(report.invariants.every(({ checked }) => checked > 0)).toBe(true);
  expect(report.shop?.calls.acknowledged).toBeGreaterThan(0);
});

test('a shop that does not keep its keys is found by whoever asks again', async () => {
  const report = await runTorture({
    ...short,
    seconds: 20,
    only: ['gateway-killed'],
    shop: { callers: 12, rate: 200 },
    plant: {
      // The answer is kept, and the key it is kept under is another one.
      sabotage: async (_ground, shop) => {
        await onBothSides(
          shop as Shop,
          `CREATE FUNCTION strangler.other_key() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN NEW.key := gen_random_uuid(); RETURN NEW; END $$;
           CREATE TRIGGER other_key BEFORE INSERT ON catalog.idempotency_keys
           FOR EACH ROW EXECUTE FUNCTION strangler.other_key()`,
        );
      },
    },
  });
  expect(report.outcome).toBe('violated');
  // A product is refused for its own SKU, or a price for its own version: which of them is a matter of chance.
  expect(violated(report).filter((invariant) => ABOUT_ANSWERS.includes(invariant))).not.toEqual([]);
});

test('a catalog without its fence is found when a monolith wakes up that believes to own', async () => {
  const report = await runTorture({
    ...short,
    seconds: 25,
    settleMs: 5_000,
    only: ['monolith-stopped'],
    shop: { callers: 12, rate: 200 },
    plant: {
      sabotage: async (_ground, shop) => {
        await onBothSides(
          shop as Shop,
          `CREATE OR REPLACE FUNCTION strangler.fence_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RETURN NULL; END $$`,
        );
      },
    },
  });
  expect(report.outcome).toBe('violated');
  // Its write is at the old owner alone: the other side refuses it, and its stream stands still.
  expect(violated(report)).toEqual(
    expect.arrayContaining(['nothing happens that must not happen', 'shop: both sides hold the same']),
  );
});
