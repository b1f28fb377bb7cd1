// Reads what both databases hold when all writes have ended.
import { SetupError } from '#platform/setup-error.ts';
import { travel } from '../../strangler/ownership/heartbeats.ts';
import { readOwnership } from '../../strangler/ownership/ownership.ts';
import { otherSide, type Replica, type Side } from '../../strangler/ownership/replica.ts';
import { diffRows } from '../../strangler/ownership/diff/diff-rows.ts';
import { withSides, type SideDatabase } from '../../strangler/ownership/side-database.ts';
import type { Answer, Open } from '../load/history.ts';
import type { FinalRows, Finding, Settled, Verdict } from './invariant.ts';

export interface End {
  readonly rows: FinalRows;
  readonly settled: readonly Settled[];
  readonly same: Verdict;
}

/** @param open what was given up: looked up by its key. @param deadlineMs within which both sides come to rest. */
export async function readEnd(replica: Replica, open: readonly Open[], deadlineMs: number): Promise<End> {
  return withSides(replica, async (sides) => {
    const owner = await readOwner(replica, sides);
    return {
      same: {
        invariant: 'both sides hold the same',
        checked: 1,
        findings: await differences(replica, sides, owner, deadlineMs),
      },
      rows: await readRows(sides, owner),
      settled: await settle(sides[owner], open),
    };
  });
}

/** Who owns, by what both sides have. */
export async function readOwner(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
): Promise<Side> {
  const row = await readOwnership(replica, sides.monolith);
  const other = await readOwnership(replica, sides.service);
  if (row === undefined || other === undefined) throw new Error('there is no row of ownership');
  return (row.epoch >= other.epoch ? row : other).owner;
}

export async function differences(
  replica: Replica,
  sides: Readonly<Record<Side, SideDatabase>>,
  owner: Side,
  deadlineMs: number,
): Promise<readonly Finding[]> {
  try {
    await travel(replica, sides, owner, deadlineMs);
    await travel(replica, sides, otherSide(owner), deadlineMs);
    const { different, unsettled } = await diffRows(replica, sides, owner);
    const found = different.map((text) => ({ text: `not the same on both sides: ${text}` }));
    return unsettled === 0 ? found : [...found, { text: `${unsettled} rows are still written` }];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return [{ text: `the sides do not come to rest: ${error.message}` }];
  }
}

const ELEMENTS = 'SELECT element::float8, epoch::float8, side FROM torture.elements';

async function readRows(sides: Readonly<Record<Side, SideDatabase>>, owner: Side): Promise<FinalRows> {
  const { query } = sides[owner];
  return {
    owner,
    elements: await query(ELEMENTS),
    elementsElsewhere: await sides[otherSide(owner)].query(ELEMENTS),
    registers: await query('SELECT register, value::float8, version::float8 FROM torture.registers'),
    accounts: await query('SELECT account, balance::float8 FROM torture.accounts'),
  };
}

async function settle({ query }: SideDatabase, open: readonly Open[]): Promise<readonly Settled[]> {
  const found = await query<{ key: string; answer: Answer }>(
    'SELECT key, answer FROM torture.keys WHERE key = ANY ($1)',
    [open.map(({ key }) => key)],
  );
  const answers = new Map(found.map(({ key, answer }) => [key, answer]));
  return open.map((one) => ({ open: one, answer: answers.get(one.key) }));
}
