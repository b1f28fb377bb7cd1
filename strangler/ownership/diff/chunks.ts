// One chunk of a table on both sides: cut at the owner by its key, compared by digest, and looked at row by row only where
// the digests differ.
import { travel } from '../heartbeats.ts';
import { otherSide, type Replica, type Side } from '../replica.ts';
import type { SideDatabase } from '../side-database.ts';
import { TRAVEL_DEADLINE_MS } from './pace.ts';
import { conditionOf, diffSql, EVERYTHING, type Key, type Range, type Shape, type Sides } from './shape.ts';

/** What is wrong with a row of the side that does not own. */
export type Kind = 'missing' | 'extra' | 'changed';

export interface DifferentRow {
  readonly key: Key;
  readonly kind: Kind;
}

export interface Chunk {
  readonly range: Range;
  /** At the owner. */
  readonly rows: number;
  readonly different: readonly DifferentRow[];
  /** Rows that were written so often that nothing can be said of them. */
  readonly unsettled: number;
}

export interface Compared {
  readonly replica: Replica;
  readonly sides: Sides;
  /** The side that is written. */
  readonly owner: Side;
}

/** By key; what a side lacks is undefined. */
type Suspects = ReadonlyMap<string, Readonly<Record<Side, string | undefined>>>;

const PASSES = 6;

/** A range as the owner has it. */
interface Cut {
  readonly range: Range;
  readonly rows: number;
  readonly digest: string;
}

/**
 * The chunks of a table, one after the other. While one is looked at on the other side, the owner reads the next: both work
 * all the time. What is older for that is a difference at most, and looked at again.
 * @param after the key behind which it begins.
 * @throws {SetupError} where what the owner writes does not arrive.
 */
export async function* compareChunks(
  compared: Compared,
  shape: Shape,
  after: Key | null,
  size: number,
): AsyncGenerator<Chunk> {
  const { sides, owner } = compared;
  const begin = (from: Key | null) => {
    const cutting = cut(sides[owner], shape, from, size);
    // It is awaited later, or by nobody, where the comparison ends before.
    cutting.catch(() => undefined);
    return cutting;
  };
  for (let next: Promise<Cut> | undefined = begin(after); next !== undefined;) {
    const { range, rows, digest }: Cut = await next;
    next = range.upTo === null ? undefined : begin(range.upTo);
    if ((await digestOf(sides[otherSide(owner)], shape, range)).digest === digest)
      yield { range, rows, different: [], unsettled: 0 };
    else yield { range, rows, ...(await settle(compared, shape, range)) };
  }
}

/** Fewer rows than asked for are the last ones: their range has no end, so that nothing behind it is left out. */
async function cut({ query }: SideDatabase, shape: Shape, after: Key | null, size: number): Promise<Cut> {
  if (shape.key === null)
    return { ...(await digestOf({ query }, shape, EVERYTHING)), range: { after, upTo: null } };
  const [found] = await query<Digest & { last: Key | null }>(
    diffSql('chunk', shape, { range: conditionOf(shape, { after, upTo: null }) }),
    [size],
  );
  if (found === undefined) throw new Error('no digest');
  const { rows, digest, last } = found;
  return { rows, digest, range: { after, upTo: rows < size ? null : last } };
}

interface Digest extends Record<string, unknown> {
  readonly rows: number;
  readonly digest: string;
}

async function digestOf({ query }: Pick<SideDatabase, 'query'>, shape: Shape, range: Range): Promise<Digest> {
  const [found] = await query<Digest>(diffSql('digest', shape, { range: conditionOf(shape, range) }));
  if (found === undefined) throw new Error('no digest');
  return found;
}

/**
 * What differs only because it is on its way is looked at again after a heartbeat has travelled the same way: a row that
 * neither side has changed meanwhile must have arrived by then.
 */
export async function settle(
  compared: Compared,
  shape: Shape,
  range: Range,
): Promise<Pick<Chunk, 'different' | 'unsettled'>> {
  const { replica, sides, owner } = compared;
  const different: DifferentRow[] = [];
  let suspects = await differingRows(compared, shape, range);
  for (let pass = 0; pass < PASSES && suspects.size > 0; pass += 1) {
    await travel(replica, sides, owner, TRAVEL_DEADLINE_MS);
    const again = await differingRows(compared, shape, range);
    const changed = new Map<string, Readonly<Record<Side, string | undefined>>>();
    for (const [key, before] of suspects) {
      const now = again.get(key);
      if (now === undefined) continue;
      if (now.monolith === before.monolith && now.service === before.service)
        different.push({ key: JSON.parse(key) as Key, kind: kindOf(now, owner) });
      else changed.set(key, now);
    }
    suspects = changed;
  }
  return { different, unsettled: suspects.size };
}

function kindOf(row: Readonly<Record<Side, string | undefined>>, owner: Side): Kind {
  if (row[otherSide(owner)] === undefined) return 'missing';
  return row[owner] === undefined ? 'extra' : 'changed';
}

/** The target first: what the owner shows later cannot be newer than what it has sent, if it is the same as before. */
async function differingRows({ sides, owner }: Compared, shape: Shape, range: Range): Promise<Suspects> {
  const text = diffSql('rows', shape, { range: conditionOf(shape, range) });
  const read = async (side: Side) => {
    const rows = await sides[side].query<{ key: Key; digest: string }>(text);
    return new Map(rows.map(({ key, digest }) => [JSON.stringify(key), digest]));
  };
  const atTarget = await read(otherSide(owner));
  const atOwner = await read(owner);
  const suspects = new Map<string, Readonly<Record<Side, string | undefined>>>();
  for (const key of new Set([...atOwner.keys(), ...atTarget.keys()])) {
    const row = { [owner]: atOwner.get(key), [otherSide(owner)]: atTarget.get(key) };
    if (row[owner] !== row[otherSide(owner)]) suspects.set(key, row as Record<Side, string | undefined>);
  }
  return suspects;
}
