// Reads what both databases hold when all writes have ended.
import { travel } from '../../strangler/ownership/heartbeats.ts';
import { readOwnership } from '../../strangler/ownership/ownership.ts';
import { otherSide, type Replica, type Side } from '../../strangler/ownership/replica.ts';
import { diffRows } from '../../strangler/ownership/row-diff.ts';
import { withSides, type SideDatabase } from '../../strangler/ownership/side-database.ts';
import type { Answer, Open } from '../load/history.ts';
import type { FinalRows, Settled, Verdict } from './invariant.ts';

const DEADLINE_MS = 60_000;

export interface End {
  readonly rows: FinalRows;
  readonly settled: readonly Settled[];
  readonly same: Verdict;
}

/** @param open what was given up: looked up by its key. @throws {SetupError} where the sides do not come to rest. */
export async function readEnd(replica: Replica, open: readonly Open[]): Promise<End> {
  return withSides(replica, async (sides) => {
    const row = await readOwnership(replica, sides.monolith);
    const other = await readOwnership(replica, sides.service);
    if (row === undefined || other === undefined) throw new Error('there is no row of ownership');
    const owner: Side = (row.epoch >= other.epoch ? row : other).owner;
    await travel(replica, sides, owner, DEADLINE_MS);
    await travel(replica, sides, otherSide(owner), DEADLINE_MS);
    const { tables, different, unsettled } = await diffRows(replica, sides, owner);
    return {
      rows: await readRows(sides[owner], owner),
      settled: await settle(sides[owner], open),
      same: {
        invariant: 'both sides hold the same',
        checked: tables,
        findings: [
          ...different.map((text) => ({ text: `not the same on both sides: ${text}` })),
          ...(unsettled > 0 ? [{ text: `${unsettled} rows are still written` }] : []),
        ],
      },
    };
  });
}

async function readRows({ query }: SideDatabase, owner: Side): Promise<FinalRows> {
  return {
    owner,
    elements: await query('SELECT element::float8, epoch::float8, side FROM torture.elements'),
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
