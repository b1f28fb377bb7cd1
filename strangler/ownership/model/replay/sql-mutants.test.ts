import { fenceMarks } from '../../fence.ts';
import { beatText } from '../../heartbeats.ts';
import { copyAgain } from '../../lost-copies.ts';
import { FORWARD, streamName, type Side } from '../../replica.ts';
import { sql } from '../../sql.ts';
import { dropSlots } from '../../subscriptions.ts';
import { abort, grant } from '../../transitions.ts';
import { SCENARIOS } from '../scenarios.ts';
import { SIDES } from '../state.ts';
import { createAttacker, type Attacker } from './attacker.ts';
import { sendOlderRow, writePastFence } from './by-hand.ts';
import { eventually } from './eventually.ts';
import { openLane, type Lane } from './lane.ts';

interface Mutant {
  readonly name: string;
  /** Whose text is spoilt: a function of the fences, which is made anew; or what the coordinator sends. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** In one sentence. */
  readonly attack: string;
  readonly breaks: RegExp;
  /** @returns what is broken before all has flowed, if that is what is broken. */
  readonly perform: (attacker: Attacker, edit: (text: string) => string) => Promise<string | void>;
}

const FUNCTIONS = ['create-fence', 'create-apply-fence', 'create-guard'];
/** The statement by which the end of a migration waits for the receiver. */
const HAS_FLUSHED =
  'SELECT FROM pg_replication_slots WHERE slot_name = $1 AND confirmed_flush_lsn >= $2::pg_lsn';

const MUTANTS: readonly Mutant[] = [
  {
    name: 'no isolation check in the fence',
    file: 'create-fence',
    from: `current_setting('transaction_isolation') LIKE 'read %'`,
    to: 'true',
    attack:
      'a REPEATABLE READ transaction takes its snapshot, the right moves to the service, and then it writes',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ begin, move, write, commit }) {
      const early = await begin('monolith', 'REPEATABLE READ');
      await move('service');
      await write('monolith', early);
      await commit(early);
    },
  },
  {
    name: 'no fence',
    file: 'create-fence',
    from: `seen.state = 'ACTIVE' AND seen.owner = seen.side`,
    to: 'true',
    attack: 'somebody who does not know that the right has moved writes at the monolith',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ move, write }) {
      await move('service');
      await write('monolith');
    },
  },
  {
    name: 'a fence that a drain leaves open',
    file: 'create-fence',
    from: `seen.state = 'ACTIVE' AND seen.owner = seen.side`,
    to: 'seen.owner = seen.side',
    attack: 'a transaction writes between the drain and the grant, and commits after it',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ begin, drain, apply, confirm, write, set, commit }) {
      const drained = await drain('monolith');
      await apply('service', 1);
      expect(await confirm(drained)).toBeUndefined();
      const late = await begin('monolith');
      await write('monolith', late);
      await set('monolith', drained, grant(drained));
      await apply('service', 2);
      await commit(late);
    },
  },
  {
    name: 'a fence that does not ask where it is',
    file: 'create-fence',
    from: `concat_ws(' ', system_identifier, database, database_oid) = strangler.place()`,
    to: 'true',
    attack:
      'the database turns out to be a copy that was restored under another name, and somebody writes there',
    breaks: /^a copy takes writes$/,
    async perform({ lane, write }) {
      await lane.sql('monolith', `UPDATE strangler.identity SET database = 'before_' || database`);
      const answer = await write('monolith');
      await lane.sql('monolith', 'UPDATE strangler.identity SET database = current_database()');
      return answer === 'accepted' ? 'a copy takes writes' : undefined;
    },
  },
  {
    name: 'a drain that does not wait for who has passed',
    file: 'lock-fence',
    from: 'pg_advisory_xact_lock(',
    to: 'pg_advisory_xact_lock_shared(',
    attack: 'a transaction passes the fence, the right is drained and granted, and then it commits',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ begin, write, move, commit }) {
      const passed = await begin('monolith');
      expect(await write('monolith', passed)).toBe('accepted');
      await move('service').catch((error: unknown) =>
        expect(String(error)).toMatch(/does not let go of the tables of catalog/),
      );
      await commit(passed);
    },
  },
  {
    name: 'no attempt counter',
    file: 'create-guard',
    from: 'OLD.attempt + 1, OLD.owner',
    to: 'OLD.attempt, OLD.owner',
    attack:
      'a coordinator sleeps after its confirmation, another one aborts, a table begins anew, the other one drains again, and the first one grants by what was confirmed once',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform(attacker, edit) {
      const { lane, drain, confirm, apply, set, rowAt, write } = attacker;
      const counts = edit(sql('create-guard')).includes('OLD.attempt + 1, OLD.owner');
      const drainOnce = () =>
        drain('monolith', (row) => (counts ? row : { ...row, attempt: row.attempt - 1 }));
      expect(await write('monolith')).toBe('accepted');
      const first = await drainOnce();
      await apply('service', 2);
      expect(await confirm(first)).toBeUndefined();
      await set('monolith', first, abort(first));
      await apply('service', 3);
      await beginTableAnew(lane);
      await drainOnce();
      await apply('service', 4);
      // Here the first one wakes up. Its compare-and-set fits where nothing was counted.
      if (await set('monolith', first, grant(first))) await apply('service', 5);
      else await set('monolith', await rowAt('monolith'), abort(await rowAt('monolith')));
    },
  },
  {
    name: 'a grant before every table is ready',
    file: 'stream-facts',
    from: 'jsonb_object_agg(relname, srsubstate)',
    to: `jsonb_object_agg(relname, 'r')`,
    attack: 'the right moves while a table is being copied to the service again',
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ lane, write, move }) {
      expect(await write('monolith')).toBe('accepted');
      lane.held.monolith.bound(1);
      await beginTableAnew(lane);
      await move('service').catch((error: unknown) => expect(String(error)).toMatch(/notes is not ready/));
      await giveBack(lane, 'monolith');
    },
  },
  {
    name: 'a compare-and-set that compares nothing, behind a guard that checks no step',
    file: 'set-ownership',
    from: `WHERE epoch = `,
    to: `WHERE true OR epoch = `,
    attack: 'a coordinator that was asleep while the right came back grants what it had drained then',
    breaks: /^(both own|nobody owns|a stale grant is written)$/,
    async perform({ lane, drain, apply, set }) {
      const drained = await drain('monolith');
      await apply('service', 1);
      await set('monolith', drained, abort(drained));
      await lane.sql('monolith', 'ALTER TABLE catalog.ownership DISABLE TRIGGER strangler_guard');
      const stale = await set('monolith', drained, grant(drained));
      await lane.sql('monolith', 'ALTER TABLE catalog.ownership ENABLE ALWAYS TRIGGER strangler_guard');
      return stale ? 'a stale grant is written' : undefined;
    },
  },
  {
    name: 'no fence in front of what is applied',
    file: 'create-apply-fence',
    from: 'WHERE owner = side',
    to: 'WHERE false',
    attack: 'a superuser writes at the service, past its fence, while the monolith owns',
    breaks: /^the monolith owns, and has what nobody wrote there$/,
    async perform({ lane }) {
      await lane.sql('service', writePastFence(4_711));
    },
  },
  {
    name: 'a guard that lets any row come by the stream',
    file: 'create-guard',
    from: 'other := CASE OLD.owner',
    to: 'RETURN NEW; other := CASE OLD.owner',
    attack: 'a superuser makes the service send the row with which it would own',
    breaks: /^nobody owns$/,
    async perform({ lane }) {
      await lane.sql('service', sendOlderRow('service'));
    },
  },
  {
    name: 'a confirmation that is not on disk',
    file: 'confirm',
    from: `'synchronous_commit', 'on'`,
    to: `'synchronous_commit', 'off'`,
    attack:
      "a table is copied again, the move is confirmed, and the service's PostgreSQL is killed before the grant comes",
    breaks: /^the service owns, and lacks an acknowledged write$/,
    async perform({ lane, write, drain, apply, confirm, set, rowAt }) {
      expect(await write('monolith')).toBe('accepted');
      await apply('service', 1);
      await beginTableAnew(lane);
      lane.held.monolith.letCopy(lane.oidOf('t'), 'end');
      await eventually('the table is ready', async () => {
        lane.held.monolith.ask();
        await lane.sql('monolith', beatText(lane.replica, 'monolith'));
        return (await stateOf(lane)) === 'r';
      });
      const drained = await drain('monolith');
      await apply('service', 2);
      expect(await confirm(drained)).toBeUndefined();
      lane.held.monolith.letCopy(lane.oidOf('t'), 'wait');
      lane.held.monolith.bound(0);
      await lane.crash('service');
      await set('monolith', drained, grant(drained));
      lane.held.monolith.bound(3);
      await eventually('the service owns', async () => (await rowAt('service')).owner === 'service');
    },
  },
  {
    name: 'a slot that is dropped before the receiver has flushed',
    file: 'complete',
    from: 'confirmed_flush_lsn >= $2::pg_lsn',
    to: '$2::pg_lsn IS NOT NULL',
    attack:
      'the migration is completed as soon as the service shows that it owns, and its PostgreSQL is killed',
    breaks: /^nobody owns$/,
    async perform({ lane, move }, edit) {
      await move('service');
      const [end] = await lane.sql<{ at: string }>(
        'monolith',
        'SELECT pg_current_wal_insert_lsn()::text AS at',
      );
      const slot = streamName(lane.replica, FORWARD);
      lane.held.monolith.ask();
      const may = (await lane.sql('monolith', edit(HAS_FLUSHED), [slot, end?.at])).length === 1;
      if (may) await dropSlots((await lane.sides('administrator')).monolith, `^${slot}$`);
      await lane.crash('service');
    },
  },
];

let lane: Lane;
beforeAll(async () => {
  lane = await openLane();
});
afterAll(() => lane.close());

const stateOf = async (on: Lane) =>
  (
    await on.sql<{ state: string }>(
      'service',
      'SELECT srsubstate AS state FROM pg_subscription_rel WHERE srrelid = $1',
      [on.oidOf('t')],
    )
  )[0]?.state;

async function beginTableAnew(on: Lane): Promise<void> {
  on.held.monolith.letCopy(on.oidOf('t'), 'wait');
  await copyAgain(on.replica, (await on.sides('administrator')).service, ['notes']);
}

async function giveBack(on: Lane, side: Side): Promise<void> {
  await on.sql(side, `UPDATE catalog.ownership SET state = 'ACTIVE', target = NULL WHERE state = 'DRAINING'`);
}

async function installFunctions(edit: (text: string) => string): Promise<void> {
  for (const side of SIDES)
    for (const file of FUNCTIONS) await lane.sql(side, edit(sql(file, fenceMarks(lane.replica))));
}

async function run({ perform, from, to }: Mutant, isMutant: boolean) {
  let applied = 0;
  const edit = (text: string) => {
    if (!isMutant || !text.includes(from)) return text;
    applied += 1;
    return text.replace(from, to);
  };
  await lane.reset(SCENARIOS['there and back, with two coordinators']);
  await installFunctions(edit);
  try {
    const attacker = createAttacker(lane, edit);
    const broken = (await perform(attacker, edit)) ?? (await attacker.verdict());
    return { applied, broken };
  } finally {
    await installFunctions((text) => text);
  }
}

describe.each(MUTANTS)('$name: $attack', (mutant) => {
  test('breaks the mutant', async () => {
    const { applied, broken } = await run(mutant, true);
    expect(applied).toBeGreaterThan(0);
    expect(broken).toMatch(mutant.breaks);
  });

  test('does not break the SQL as it is', async () => {
    expect(await run(mutant, false)).toEqual({ applied: 0, broken: undefined });
  });
});
