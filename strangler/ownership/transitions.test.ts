import type { Ownership } from './ownership.ts';
import type { Side } from './replica.ts';
import { replicate } from './replicate.ts';
import { createPair, type Pair } from './testing.ts';
import { abort, drain, grant, isConfirmed, mayApplyRight, maySet, mayWrite } from './transitions.ts';

const active: Ownership = { epoch: 1, attempt: 0, owner: 'monolith', state: 'ACTIVE', target: null };
const step = (row: Ownership | undefined): Ownership => {
  if (row === undefined) throw new Error('no such step');
  return row;
};

test('a right is drained, granted under the next epoch, and so goes back', () => {
  const drained = step(drain(active, 'service'));
  expect(drained).toEqual({ ...active, attempt: 1, state: 'DRAINING', target: 'service' });
  const granted = step(grant(drained));
  expect(granted).toEqual({ epoch: 2, attempt: 1, owner: 'service', state: 'ACTIVE', target: null });
  expect(grant(step(drain(granted, 'monolith')))).toMatchObject({ epoch: 3, attempt: 2, owner: 'monolith' });
});

test('an abort leaves the epoch, and the next drain is another attempt', () => {
  const aborted = step(abort(step(drain(active, 'service'))));
  expect(aborted).toEqual({ ...active, attempt: 1 });
  expect(drain(aborted, 'service')).toMatchObject({ attempt: 2 });
});

test('nothing is drained twice or towards its owner, and nothing granted or aborted that was not drained', () => {
  const drained = step(drain(active, 'service'));
  expect([drain(active, 'monolith'), drain(drained, 'service'), grant(active), abort(active)]).toEqual(
    Array(4).fill(undefined),
  );
});

test('only the same attempt confirms a drain', () => {
  const first = step(drain(active, 'service'));
  const second = step(drain(step(abort(first)), 'service'));
  expect([first, second, undefined, active].map((seen) => isConfirmed(second, seen))).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(isConfirmed(active, active)).toBe(false);
});

test('the owner writes while it is active, and a side that does not know itself never', () => {
  expect(mayWrite('monolith', active)).toBe(true);
  expect(mayWrite('service', active)).toBe(false);
  expect(mayWrite(undefined, active)).toBe(false);
  expect(mayWrite('monolith', undefined)).toBe(false);
  expect(mayWrite('monolith', drain(active, 'service'))).toBe(false);
});

describe('the guard in PostgreSQL allows what these functions allow, and nothing else', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await createPair();
    await replicate(pair);
  });
  afterAll(() => pair.drop());

  const rows = (epochs: readonly number[], attempts: readonly number[]): Ownership[] =>
    epochs.flatMap((epoch) =>
      attempts.flatMap((attempt) =>
        (['monolith', 'service'] as const).flatMap((owner) =>
          (['ACTIVE', 'DRAINING'] as const).flatMap((state) =>
            (['monolith', 'service', null] as const).map((target) => ({
              epoch,
              attempt,
              owner,
              state,
              target,
            })),
          ),
        ),
      ),
    );
  const befores = rows([2], [1]);
  const afters = rows([1, 2, 3, 4], [0, 1, 2]);

  async function allowed(side: Side, role: 'origin' | 'replica'): Promise<string[]> {
    const found = await pair.sql<{ before: number; after: number }>(side, TRY_ALL, [
      JSON.stringify(befores),
      JSON.stringify(afters),
      role,
    ]);
    return found.map(({ before, after }) => `${before} → ${after}`);
  }
  beforeAll(async () => {
    for (const side of ['monolith', 'service'] as const) await pair.sql(side, TRYING);
  });

  test.each(['monolith', 'service'] as const)('at the %s', async (side) => {
    for (const role of ['origin', 'replica'] as const) {
      const expected = befores.flatMap((before, i) =>
        afters.flatMap((after, j) =>
          (role === 'origin' ? maySet(side, before, after) : mayApplyRight(side, before, after))
            ? [`${i} → ${j}`]
            : [],
        ),
      );
      expect(expected.length).toBeGreaterThan(2);
      expect(await allowed(side, role)).toEqual(expected);
    }
  });
});

const TRY_ALL = 'SELECT before, after FROM try_all($1, $2, $3) ORDER BY before, after';
const TRYING = `
  CREATE TABLE probe (LIKE catalog.ownership);
  CREATE TRIGGER guard BEFORE UPDATE ON probe FOR EACH ROW EXECUTE FUNCTION strangler.guard_ownership();
  ALTER TABLE probe ENABLE ALWAYS TRIGGER guard;
  CREATE FUNCTION try_all(befores jsonb, afters jsonb, role text)
  RETURNS TABLE (before int, after int) LANGUAGE plpgsql AS $$
  DECLARE
    b record; a record;
  BEGIN
    PERFORM set_config('session_replication_role', role, true);
    FOR b IN SELECT n - 1 AS n, r.* FROM jsonb_array_elements(befores) WITH ORDINALITY AS e (row, n),
             jsonb_to_record(e.row) AS r (epoch bigint, attempt bigint, owner text, state text, target text) LOOP
      DELETE FROM probe;
      INSERT INTO probe VALUES (true, b.epoch, b.attempt, b.owner, b.state, b.target);
      FOR a IN SELECT n - 1 AS n, r.* FROM jsonb_array_elements(afters) WITH ORDINALITY AS e (row, n),
               jsonb_to_record(e.row) AS r (epoch bigint, attempt bigint, owner text, state text, target text) LOOP
        BEGIN
          UPDATE probe SET epoch = a.epoch, attempt = a.attempt, owner = a.owner, state = a.state, target = a.target;
          RAISE EXCEPTION 'passed' USING ERRCODE = 'SH999';
        EXCEPTION
          WHEN SQLSTATE 'SH999' THEN before := b.n; after := a.n; RETURN NEXT;
          WHEN SQLSTATE 'SH001' OR SQLSTATE 'SH002' THEN NULL;
        END;
      END LOOP;
    END LOOP;
  END $$`;
