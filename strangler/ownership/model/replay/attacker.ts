// What an attack on a lane is made of: writers, a coordinator that runs the project's own operations with the SQL as it
// is or as a mutant has it, a superuser, and the verdict on what came of it.
import type { Client } from 'pg';
import { beatText } from '../../heartbeats.ts';
import { readOwnership, type Ownership } from '../../ownership.ts';
import { checkStreams } from '../../check-streams.ts';
import { otherSide, streamName, type Side } from '../../replica.ts';
import { setOwnership, setOwnershipBehindWriters } from '../../set-ownership.ts';
import { slotExists } from '../../subscriptions.ts';
import type { SideDatabase } from '../../side-database.ts';
import { drain, grant, isConfirmed } from '../../transitions.ts';
import { SIDES } from '../state.ts';
import { eventually } from './eventually.ts';
import type { Lane } from './lane.ts';
import { receives } from './reset-lane.ts';
import { failures, observe } from './observe.ts';

export interface Attacker {
  readonly lane: Lane;
  /** Begins a transaction and writes a row in it. @returns `accepted`, or the SQLSTATE of the refusal. */
  readonly begin: (side: Side, isolation?: string) => Promise<Client>;
  readonly write: (side: Side, writer?: Client) => Promise<string>;
  /** What has been written is acknowledged. */
  readonly commit: (writer: Client) => Promise<void>;
  readonly rowAt: (side: Side) => Promise<Ownership>;
  /** @throws where a writer does not let go. @param change of what the drain would write. */
  readonly drain: (side: Side, change?: (row: Ownership) => Ownership) => Promise<Ownership>;
  readonly set: (side: Side, seen: Ownership, next: Ownership | undefined) => Promise<boolean>;
  /** Only where the target shows it, and every table is ready; else why not. */
  readonly confirm: (drained: Ownership) => Promise<string | undefined>;
  /** Drain, confirm, grant, until the target shows it. @throws where it is not confirmed. */
  readonly move: (target: Side) => Promise<void>;
  /** Lets a side apply so many entries in all. */
  readonly apply: (side: Side, entries: number) => Promise<void>;
  /** When all has flowed that can: what is broken, if anything. */
  readonly verdict: () => Promise<string | undefined>;
}

/** @param edit of the SQL that the coordinator sends. */
export function createAttacker(lane: Lane, edit: (text: string) => string): Attacker {
  const { replica } = lane;
  const acknowledged = new Set<number>();
  const written = new Map<Client, number[]>();
  let [next, sessions] = [1, 0];

  async function sides(): Promise<Readonly<Record<Side, SideDatabase>>> {
    const real = await lane.sides('coordinator');
    const spoil = (side: SideDatabase): SideDatabase => ({
      ...side,
      query: (text, values) => side.query(edit(text), values),
    });
    return { monolith: spoil(real.monolith), service: spoil(real.service) };
  }
  const rowAt = async (side: Side) => (await readOwnership(replica, (await sides())[side])) as Ownership;

  const attacker: Attacker = {
    lane,
    async begin(side, isolation = 'READ COMMITTED') {
      const writer = await lane.session(`writer-${(sessions += 1)}`, side);
      await writer.query(`BEGIN ISOLATION LEVEL ${isolation}; SELECT FROM catalog.categories`);
      written.set(writer, []);
      return writer;
    },
    async write(side, given) {
      const writer = given ?? (await attacker.begin(side));
      const number = next++;
      try {
        await writer.query('INSERT INTO catalog.notes VALUES ($1, $2)', [number, side]);
      } catch (error) {
        await writer.query('ROLLBACK');
        written.delete(writer);
        return (error as { code?: string }).code ?? String(error);
      }
      written.get(writer)?.push(number);
      if (given === undefined) await attacker.commit(writer);
      return 'accepted';
    },
    async commit(writer) {
      const numbers = written.get(writer);
      if (numbers === undefined) return;
      await writer.query('COMMIT');
      for (const number of numbers) acknowledged.add(number);
    },
    rowAt,
    async drain(side, change = (row) => row) {
      const row = await rowAt(side);
      const drained = change(drain(row, otherSide(side)) as Ownership);
      const options = { lockTimeoutMs: 100, deadlineMs: 500 };
      if (!(await setOwnershipBehindWriters(replica, (await sides())[side], row, drained, options)))
        throw new Error('somebody else was faster');
      return drained;
    },
    set: async (side, seen, wanted) =>
      setOwnership(replica, (await sides())[side], seen, wanted as Ownership),
    async confirm(drained) {
      const now = await sides();
      const target = now[otherSide(drained.owner)];
      if (!isConfirmed(drained, await readOwnership(replica, target))) return 'the target does not show it';
      const { problems } = await checkStreams(replica, now);
      // As confirm() of move-ownership.ts has it.
      await target.query(
        `SELECT set_config('synchronous_commit', 'on', true); ${beatText(replica, target.side)}`,
      );
      return problems[0];
    },
    async move(target) {
      const source = otherSide(target);
      lane.held[source].bound(Number.POSITIVE_INFINITY);
      const drained = await attacker.drain(source);
      await eventually('the target shows the drain', async () => isConfirmed(drained, await rowAt(target)));
      const problem = await attacker.confirm(drained);
      if (problem !== undefined) throw new Error(problem);
      await attacker.set(source, drained, grant(drained));
      await eventually('the target owns', async () => (await rowAt(target)).owner === target);
    },
    apply: (side, entries) => lane.held[otherSide(side)].letPass(entries),
    async verdict() {
      for (const side of SIDES) {
        lane.held[side].open();
        await untilFlowed(lane, side);
      }
      return judge(lane, acknowledged);
    },
  };
  return attacker;
}

/** What a side has sent has come, or is refused. */
async function untilFlowed(lane: Lane, from: Side): Promise<void> {
  const to = otherSide(from);
  // Nothing comes where the slot is gone.
  if (!(await slotExists((await lane.sides('administrator'))[from], streamName(lane.replica, receives(to)))))
    return;
  const before = await failures(lane, to);
  const [sent] = await lane.sql<{ beat: number }>(from, beatText(lane.replica, from));
  await eventually(`what the ${from} has sent has come, or is refused`, async () => {
    const [come] = await lane.sql<{ beat: number }>(
      to,
      'SELECT beat::float8 FROM catalog.heartbeat WHERE side = $1',
      [from],
    );
    return (come?.beat ?? 0) >= (sent?.beat ?? 0) || (await failures(lane, to)) > before;
  });
}

async function judge(lane: Lane, acknowledged: ReadonlySet<number>): Promise<string | undefined> {
  const observed = { monolith: await observe(lane, 'monolith'), service: await observe(lane, 'service') };
  const owners = SIDES.filter((side) => observed[side].row?.owner === side);
  const [owner] = owners;
  if (owner === undefined) return 'nobody owns';
  if (owners.length > 1) return 'both own';
  const { writes } = observed[owner];
  const lost = [...acknowledged].filter((number) => !writes.includes(number));
  if (lost.length > 0) return `the ${owner} owns, and lacks an acknowledged write`;
  if (writes.some((number) => !acknowledged.has(number)))
    return `the ${owner} owns, and has what nobody wrote there`;
  return undefined;
}
