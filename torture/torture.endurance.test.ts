// A short run with a fixed seed, and runs against bugs on purpose: an instrument that finds nothing must be able to.
import { withClient } from '#platform/postgres/owners.ts';
import { moveOwnership } from '../strangler/ownership/move-ownership.ts';
import { readOwnership, type Ownership } from '../strangler/ownership/ownership.ts';
import { otherSide } from '../strangler/ownership/replica.ts';
import { setOwnership } from '../strangler/ownership/set-ownership.ts';
import { withSides } from '../strangler/ownership/side-database.ts';
import { drain, grant, isConfirmed } from '../strangler/ownership/transitions.ts';
import { SIDES, type Ground } from './ground/ground.ts';
import type { Move } from './nemesis/switches.ts';
import type { TortureOptions } from './options.ts';
import type { Report } from './report.ts';
import { runTorture } from './run-torture.ts';

const short: TortureOptions = {
  seconds: 30,
  seed: 4_711,
  writers: 6,
  rate: 300,
  bounds: { switches: 8, eachFault: 0, acknowledged: 500 },
};

const violated = ({ invariants }: Report) =>
  invariants.filter(({ violations }) => violations > 0).map(({ invariant }) => invariant);

/** Which of them shows it is a matter of chance: what was written last, and where. */
const ABOUT_DATA = [
  'every acknowledged write is at the owner',
  'one effect for each key',
  'registers are linearizable',
  'sums are conserved',
  'every account holds what was transferred',
  'both sides hold the same',
];
const violatedData = (report: Report) =>
  violated(report).filter((invariant) => ABOUT_DATA.includes(invariant));

const onBothSides = (ground: Ground, statement: string) =>
  Promise.all(SIDES.map((side) => withClient(ground.direct.urls[side], (admin) => admin.query(statement))));

test('half a minute of faults violates no invariant', async () => {
  const report = await runTorture(short);
  expect(report).toMatchObject({ outcome: 'passed', reasons: [] });
  expect(report.invariants.every(({ checked }) => checked > 0)).toBe(true);
});

test('a fence that lets replicated changes pass is found', async () => {
  const report = await runTorture({
    ...short,
    seconds: 10,
    only: ['rogue-write'],
    plant: {
      sabotage: async (ground) => {
        await onBothSides(
          ground,
          `CREATE OR REPLACE FUNCTION strangler.apply_fence_torture() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$`,
        );
      },
    },
  });
  expect(report.outcome).toBe('violated');
  expect(violated(report)).toContain('nothing happens that must not happen');
  expect(report.findings[0]?.text).toMatch(/^what a superuser wrote at the \w+ came to the \w+, which owns/);
});

test('a fence that lets local writes pass is found', async () => {
  const report = await runTorture({
    ...short,
    seconds: 5,
    settleMs: 5_000,
    only: ['flapping'],
    plant: {
      sabotage: async (ground) => {
        await onBothSides(
          ground,
          `CREATE OR REPLACE FUNCTION strangler.fence_torture() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RETURN NULL; END $$`,
        );
      },
    },
  });
  expect(report.outcome).toBe('violated');
  expect(violated(report)).toContain('no commit under an epoch of the other side');
});

/** As the real one, but that it does not wait for those who have passed the fence. */
const moveWithoutLock: Move = (replica, target) =>
  withSides(replica, async (sides) => {
    const source = sides[otherSide(target)];
    const row = (await readOwnership(replica, source)) as Ownership;
    if (row.owner === target) return { moved: false, epoch: row.epoch };
    const drained = drain(row, target) as Ownership;
    await setOwnership(replica, source, row, drained);
    while (!isConfirmed(drained, await readOwnership(replica, sides[target])));
    const granted = grant(drained) as Ownership;
    await setOwnership(replica, source, drained, granted);
    while ((await readOwnership(replica, sides[target]))?.epoch !== granted.epoch);
    return { moved: true, epoch: granted.epoch };
  });

test('a drain that does not wait for those who have passed the fence is found', async () => {
  const report = await runTorture({
    ...short,
    seconds: 15,
    settleMs: 5_000,
    only: ['flapping'],
    plant: { move: moveWithoutLock },
  });
  expect(report.outcome).toBe('violated');
  expect(violatedData(report)).not.toEqual([]);
});

test('keys that are not kept are found', async () => {
  const report = await runTorture({
    ...short,
    seconds: 12,
    only: ['answers-dropped'],
    plant: {
      // The answer is kept, and the key it is kept under is another one.
      sabotage: async (ground) => {
        await onBothSides(
          ground,
          `CREATE FUNCTION torture_calls.other_key() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN NEW.key := gen_random_uuid(); RETURN NEW; END $$;
           CREATE TRIGGER other_key BEFORE INSERT ON torture.keys FOR EACH ROW EXECUTE FUNCTION torture_calls.other_key()`,
        );
      },
    },
  });
  expect(report.outcome).toBe('violated');
  expect(violatedData(report)).not.toEqual([]);
});

test('a switch that fails its callers is found, where no fault excuses it', async () => {
  let first = true;
  // The first time, nobody may write for longer than a caller has patience.
  const move: Move = async (replica, target) => {
    const moved = await moveOwnership(replica, target);
    if (!first) return moved;
    first = false;
    await withSides(replica, async (sides) => {
      const row = (await readOwnership(replica, sides[target])) as Ownership;
      const drained = drain(row, otherSide(target)) as Ownership;
      await setOwnership(replica, sides[target], row, drained);
      await new Promise((resolve) => setTimeout(resolve, 11_000));
      await setOwnership(replica, sides[target], drained, { ...drained, state: 'ACTIVE', target: null });
    });
    return moved;
  };
  const report = await runTorture({ ...short, seconds: 1, only: ['flapping'], plant: { move } });
  expect(violated(report)).toContain('a planned switch lets no caller down');
});
