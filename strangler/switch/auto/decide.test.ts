// The properties that a person relies on who leaves it alone: for whatever is measured, in whatever order.
import fc from 'fast-check';
import { decide, LADDER, type Action, type Memory, type World } from './decide.ts';
import { BOUNDS, type Measured, type SideFigures } from './gates.ts';

const START: World = { replicated: false, owner: 'monolith', readsPercent: 0, shadowPercent: 0 };
const CLEAN: Memory = { differing: null, failed: null };

const figures = (changes: Partial<SideFigures> = {}): SideFigures => ({
  ...{ requests: 1_000, failed: 0, p50Ms: 3, p99Ms: 20 },
  ...changes,
});
const good = (changes: Partial<Measured> = {}): Measured => ({
  ...{ sinceMs: BOUNDS.soakMs, service: figures(), monolith: figures() },
  ...{ compared: BOUNDS.compared, mismatches: 0, lagMs: 5 },
  ...changes,
});

/** What an action does, where it does what it should. */
function after(world: World, memory: Memory, action: Action, differing: number): [World, Memory] {
  switch (action.do) {
    case 'replicate':
      return [{ ...world, replicated: true }, memory];
    case 'diff':
      return [world, { ...memory, differing }];
    case 'shadow':
      return [{ ...world, shadowPercent: action.percent }, memory];
    case 'reads':
      return [{ ...world, readsPercent: action.percent }, memory];
    case 'writes':
      return [{ ...world, owner: action.side }, memory];
    case 'fail':
      return [world, { ...memory, failed: action.reason }];
    default:
      return [world, memory];
  }
}

/** Plays a run. @returns every action, and how the capability stood before each. */
function play(start: World, measurements: Iterable<Measured>, differing = 0) {
  let [world, memory] = [start, CLEAN];
  const actions: { readonly action: Action; readonly world: World }[] = [];
  for (const measured of measurements) {
    const action = decide(world, memory, measured, BOUNDS);
    actions.push({ action, world });
    if (action.do === 'end') return { actions, world, ended: action };
    [world, memory] = after(world, memory, action, differing);
  }
  return { actions, world, ended: undefined };
}

function* always(measured: Measured, times = 100): Generator<Measured> {
  for (let count = 0; count < times; count += 1) yield measured;
}

const anyFigures = fc.record({
  requests: fc.constantFrom(0, 10, 300, 100_000),
  failed: fc.constantFrom(0, 1, 2, 500),
  p50Ms: fc.constantFrom(null, 1, 50),
  p99Ms: fc.constantFrom(null, 10, 900),
});
const anyMeasured: fc.Arbitrary<Measured> = fc.record({
  sinceMs: fc.constantFrom(0, 5_000, 30_000, 120_000, 700_000),
  service: anyFigures,
  monolith: anyFigures,
  compared: fc.constantFrom(0, 100, 3_000),
  mismatches: fc.constantFrom(0, 0, 0, 1),
  lagMs: fc.constantFrom(null, 5, 5, 5_000),
});
const anyWorld: fc.Arbitrary<World> = fc.record({
  replicated: fc.boolean(),
  owner: fc.constantFrom('monolith', 'service'),
  readsPercent: fc.constantFrom(0, ...LADDER),
  shadowPercent: fc.constantFrom(0, BOUNDS.shadowPercent),
});
const RUNS = { numRuns: 2_000 };

test('where all is well it takes every step in order, and ends with the service as the owner', () => {
  const { actions, ended } = play(START, always(good()));
  expect(
    actions.map(({ action: { do: done, ...words } }) =>
      [done, ...(Object.values(words) as (string | number)[])].join(' '),
    ),
  ).toEqual([
    ...['replicate', 'diff', 'shadow 20', 'reads 1', 'reads 5', 'reads 25', 'reads 50', 'reads 100'],
    ...['shadow 0', 'writes service', 'end moved the service has owned it for 60 s'],
  ]);
  expect(ended?.as).toBe('moved');
});

test.each<[string, Partial<Measured>, RegExp]>([
  ['answers that differ', { mismatches: 1 }, /^answers that differ: 1 \(bound 0\)$/],
  [
    'errors',
    { service: figures({ failed: 10 }) },
    /^errors of the service: 1\.00 % \(bound 0\.50 % of its reads\)$/,
  ],
  [
    'a slow service',
    { service: figures({ p50Ms: 53 }) },
    /^p50 of the service: 53\.0 ms \(bound 26\.0 ms\)$/,
  ],
  [
    'a slow tail',
    { service: figures({ p99Ms: 200 }) },
    /^p99 of the service: 200\.0 ms \(bound 115\.0 ms\)$/,
  ],
  ['a late replica', { lagMs: 1_001 }, /^lag of the replica: 1001\.0 ms \(bound 1000\.0 ms\)$/],
])('%s take it back to the monolith, and the measured value and the bound are told', (_what, bad, told) => {
  for (const readsPercent of LADDER) {
    const start: World = { ...START, replicated: true, readsPercent, shadowPercent: 20 };
    const { world, ended } = play(start, always(good(bad)));
    expect(ended).toMatchObject({ as: 'rolled back', reason: expect.stringMatching(told) as string });
    expect(world).toMatchObject({ owner: 'monolith', readsPercent: 0, shadowPercent: 0 });
  }
});

test('rows that differ let nobody near the service', () => {
  const { actions, ended } = play(START, always(good()), 3);
  expect(ended).toEqual({ do: 'end', as: 'rolled back', reason: 'rows that differ: 3 (bound 0)' });
  expect(actions.map(({ action }) => action.do)).toEqual(['replicate', 'diff', 'fail', 'end']);
});

test('an error is told before all samples are there, where none of those to come can change it', () => {
  const world: World = { ...START, replicated: true, readsPercent: 1, shadowPercent: 20 };
  const service = figures({ requests: 10, failed: 2 });
  const decided = decide(world, { differing: 0, failed: null }, good({ sinceMs: 100, service }), BOUNDS);
  expect(decided.do).toBe('fail');
  const one = figures({ requests: 10, failed: 1 });
  expect(decide(world, { differing: 0, failed: null }, good({ service: one }), BOUNDS).do).toBe('wait');
});

test('of a few reads no p99 is judged, since it would be the slowest one; the p50 is', () => {
  const world: World = { ...START, replicated: true, readsPercent: 1, shadowPercent: 20 };
  const look = (service: SideFigures) =>
    decide(world, { differing: 0, failed: null }, good({ service }), { ...BOUNDS, requests: 40 }).do;
  expect(look(figures({ requests: 299, p99Ms: 900 }))).toBe('reads');
  expect(look(figures({ requests: 300, p99Ms: 900 }))).toBe('fail');
  expect(look(figures({ requests: 40, p50Ms: 900 }))).toBe('fail');
});

test('without data it waits, and gives up in the end where it stands', () => {
  const nothing = figures({ requests: 0, p50Ms: null, p99Ms: null });
  const world: World = { ...START, replicated: true, readsPercent: 25, shadowPercent: 20 };
  for (const missing of [{ service: nothing }, { monolith: nothing }, { lagMs: null }]) {
    const look = (sinceMs: number) =>
      decide(world, { differing: 0, failed: null }, good({ ...missing, sinceMs }), BOUNDS);
    expect(look(BOUNDS.patienceMs).do).toBe('wait');
    expect(look(BOUNDS.patienceMs + 1)).toMatchObject({ do: 'end', as: 'inconclusive' });
  }
});

test('after a gate has failed nothing goes towards the service any more, and the monolith is reached', () => {
  fc.assert(
    fc.property(anyWorld, fc.array(anyMeasured, { minLength: 5, maxLength: 60 }), (start, measurements) => {
      const failedAt = (actions: ReturnType<typeof play>['actions']) =>
        actions.findIndex(({ action }) => action.do === 'fail');
      const { actions, world, ended } = play(start, [...measurements, ...always(good(), 6)]);
      const from = failedAt(actions);
      if (from === -1) return;
      for (const { action, world: before } of actions.slice(from + 1)) {
        if (action.do === 'reads') expect(action.percent).toBeLessThan(before.readsPercent);
        if (action.do === 'shadow') expect(action.percent).toBe(0);
        if (action.do === 'writes') expect(action.side).toBe('monolith');
      }
      expect(ended?.as).toBe('rolled back');
      expect(world).toMatchObject({ owner: 'monolith', readsPercent: 0, shadowPercent: 0 });
    }),
    RUNS,
  );
});

test('every run ends: by what is measured, or when its patience has', () => {
  fc.assert(
    fc.property(anyWorld, fc.array(anyMeasured, { maxLength: 60 }), (start, measurements) => {
      const late = good({ sinceMs: BOUNDS.patienceMs + 1 });
      expect(play(start, [...measurements, ...always(late, 20)]).ended).toBeDefined();
    }),
    RUNS,
  );
});

test('nobody is sent to the service, and no right is given to it, but step by step and behind its gate', () => {
  fc.assert(
    fc.property(anyWorld, anyMeasured, (world, measured) => {
      const action = decide(world, { differing: 0, failed: null }, measured, BOUNDS);
      if (action.do === 'reads') {
        expect(LADDER[LADDER.findIndex((step) => step === action.percent) - 1] ?? 0).toBe(world.readsPercent);
        expect(measured.mismatches).toBe(0);
      }
      if (action.do === 'writes') {
        expect(world.readsPercent).toBe(100);
        expect(measured.service.requests).toBeGreaterThanOrEqual(BOUNDS.requests);
      }
    }),
    RUNS,
  );
});
