import type { Ownership } from '../ownership.ts';
import type { DirectionStatus } from '../status.ts';
import type { Side } from '../replica.ts';
import { diagnose } from './diagnose.ts';
import type { Facts, SideFacts } from './facts.ts';

const OWNS: Ownership = { epoch: 1, attempt: 0, owner: 'monolith', state: 'ACTIVE', target: null };
const SIDE: SideFacts = { clone: null, refuses: null, ownBeat: 7, seenBeat: 7, arrives: true };
const way = (from: Side, to: Side): DirectionStatus => ({
  from,
  to,
  name: `to_${to}`,
  publishedTables: ['products'],
  slot: { active: true, walStatus: 'reserved', lagBytes: 0, retainedBytes: 0, safeBytes: null },
  subscription: {
    enabled: true,
    hasSlot: true,
    running: true,
    tables: [{ table: 'products', state: 'ready' }],
    applyErrors: 0,
    copyErrors: 0,
    conflicts: {},
  },
  lagMs: 5,
  heartbeatAgeMs: 5,
});
const seen = (database: string) => ({ database, unreachable: null, identity: null, ownership: OWNS });

const HEALTHY: Facts = {
  capability: 'catalog',
  status: {
    capability: 'catalog',
    phase: 'replicating',
    copying: false,
    sides: { monolith: seen('shop_monolith'), service: seen('shop_catalog') },
    right: OWNS,
    directions: [way('monolith', 'service'), way('service', 'monolith')],
    problems: [],
  },
  sides: { monolith: SIDE, service: SIDE },
  busy: false,
  tables: [],
  streams: [],
  filled: [],
};

/** @param monolith, service what a side says otherwise than a healthy one. */
const but = (changes: {
  readonly monolith?: Partial<SideFacts>;
  readonly service?: Partial<SideFacts>;
  readonly rows?: Partial<Record<Side, Ownership>>;
  readonly right?: Ownership;
  readonly directions?: readonly DirectionStatus[];
}): Facts => {
  const { status } = HEALTHY;
  const at = (side: Side) => ({ ...status.sides[side], ownership: changes.rows?.[side] ?? OWNS });
  return {
    ...HEALTHY,
    sides: { monolith: { ...SIDE, ...changes.monolith }, service: { ...SIDE, ...changes.service } },
    status: {
      ...status,
      right: changes.right ?? OWNS,
      sides: { monolith: at('monolith'), service: at('service') },
      directions: changes.directions ?? status.directions,
    },
  };
};
const statesOf = (facts: Facts) => diagnose(facts).map(({ state }) => state);
const [TO_SERVICE, TO_MONOLITH] = [way('monolith', 'service'), way('service', 'monolith')];
const failing = (direction: DirectionStatus): DirectionStatus => ({
  ...direction,
  subscription: direction.subscription && { ...direction.subscription, applyErrors: 3 },
});

test('what is well has no finding', () => {
  expect(diagnose(HEALTHY)).toEqual([]);
});

test('a full disk is told as such, and nothing else that follows from it', () => {
  const refuses = { code: '53100', words: 'could not extend file: No space left on device' };
  expect(diagnose(but({ service: { refuses, arrives: false } }))).toMatchObject([
    { state: 'disk full', found: 'the service cannot write: could not extend file: No space left on device' },
  ]);
});

test('what fails on its way is a conflict at the side that does not own, and a write past the fence at the other', () => {
  const late = { directions: [failing(TO_SERVICE), failing(TO_MONOLITH)] };
  expect(statesOf(but({ ...late, monolith: { arrives: false } }))).toEqual(['conflict']);
  expect(statesOf(but({ ...late, service: { arrives: false } }))).toEqual(['written past the fence']);
  const service: Ownership = { ...OWNS, epoch: 2, owner: 'service' };
  const moved = { ...late, rows: { monolith: service, service }, right: service };
  expect(statesOf(but({ ...moved, monolith: { arrives: false } }))).toEqual(['written past the fence']);
});

test('what is late and fails nowhere is late', () => {
  expect(statesOf(but({ monolith: { arrives: false } }))).toEqual(['late']);
});

test('a stream is begun anew by itself only where both sides have the same epoch', () => {
  const lost = [{ ...TO_SERVICE, slot: null }, TO_MONOLITH];
  expect(diagnose(but({ directions: lost }))).toMatchObject([
    { state: 'slot lost', remedy: { kind: 'begin anew', to: 'service' } },
  ]);
  const granted: Ownership = { ...OWNS, epoch: 2, owner: 'service' };
  const findings = diagnose(but({ directions: lost, rows: { monolith: granted }, right: granted }));
  expect(findings.map(({ state }) => state)).toEqual(['granted', 'slot lost']);
  expect(findings.flatMap(({ remedy }) => remedy ?? [])).toEqual([]);
});

test('a slot that PostgreSQL has given up is lost as one that is gone', () => {
  const slot = { active: false, walStatus: 'lost', lagBytes: 0, retainedBytes: 0, safeBytes: null };
  expect(statesOf(but({ directions: [{ ...TO_SERVICE, slot }, TO_MONOLITH] }))).toEqual(['slot lost']);
});

test('nothing is repaired that a person has to decide', () => {
  const late = { directions: [failing(TO_SERVICE), failing(TO_MONOLITH)], service: { arrives: false } };
  for (const facts of [
    but(late),
    but({ service: { clone: 'shop_catalog' } }),
    but({ service: { ownBeat: 1 } }),
  ])
    expect(diagnose(facts).flatMap(({ remedy }) => remedy ?? [])).toEqual([]);
});

test('a service that was destroyed after the grant, and made again without rows, is not a copy that was begun', () => {
  const granted: Ownership = { ...OWNS, epoch: 2, owner: 'service' };
  const facts = but({ rows: { monolith: granted } });
  const service = { ...facts.status.sides.service, ownership: null };
  const status = { ...facts.status, right: null, sides: { ...facts.status.sides, service } };
  expect(diagnose({ ...facts, status })[0]).toMatchObject({
    state: 'no owner',
    decision: { kind: 'adopt', side: 'monolith' },
  });
});
