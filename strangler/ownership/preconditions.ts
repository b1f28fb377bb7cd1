// What must hold before a capability's tables can be replicated: each problem is one line with its remedy.
import { advice, readCapacity, shortage, type Load } from './capacity.ts';
import { DIRECTIONS, FORWARD, OWN_TABLES, type Direction, type Replica, type Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { compareTables, describeTables, type TableDescription } from './tables.ts';
import { readSubscription, subscribedTables } from './subscriptions.ts';

type Sides = Readonly<Record<Side, SideDatabase>>;

export interface Preconditions {
  /** Nothing can be replicated while there is one. */
  readonly problems: readonly string[];
  /** What will not do for long. */
  readonly advice: readonly string[];
  /** Those of the capability that hold rows. */
  readonly tables: readonly string[];
}

interface DatabaseFacts {
  readonly encoding: string;
  readonly collation: string;
  readonly has_schema: boolean;
  readonly may_replicate: boolean;
  readonly may_subscribe: boolean;
  readonly may_create: boolean;
  readonly may_create_tables: boolean;
  readonly prepared: number;
  readonly in_recovery: boolean;
}

export async function checkPreconditions(replica: Replica, sides: Sides): Promise<Preconditions> {
  const both = [sides.monolith, sides.service];
  const facts = await Promise.all(both.map((side) => readFacts(replica, side)));
  const tables = await Promise.all(both.map((side) => describeTables(replica, side)));
  const [atMonolith = [], atService = []] = tables;
  const capacity = await checkCapacity(replica, sides);
  const problems = [
    ...both.flatMap((side, index) => databaseProblems(replica, side, facts[index] as DatabaseFacts)),
    ...differences(facts[0] as DatabaseFacts, facts[1] as DatabaseFacts),
    ...compareTables(replica.schema, atMonolith, atService),
    ...both.flatMap((side, index) => tableProblems(replica, side, tables[index] ?? [])),
    ...(await Promise.all(both.map((side) => crossingKeys(replica, side)))).flat(),
    ...filledProblems(replica, await filledTables(replica, sides.service, atService)),
    ...capacity.problems,
  ];
  return {
    problems: [...new Set(problems)],
    advice: capacity.advice,
    tables: atMonolith
      .filter(({ installed, partitioned }) => !installed && !partitioned)
      .map(({ table }) => table),
  };
}

async function readFacts({ schema }: Replica, { query }: SideDatabase): Promise<DatabaseFacts> {
  const [row] = await query<DatabaseFacts & Record<string, unknown>>(sql('describe-database', { schema }));
  if (row === undefined) throw new Error('no database');
  return row;
}

function databaseProblems({ schema }: Replica, side: SideDatabase, facts: DatabaseFacts): readonly string[] {
  const at = `the ${side.side}'s`;
  const lacks = (may: boolean, what: string) => (may ? [] : [`${at} login ${side.login} ${what}`]);
  return [
    ...(side.version < 180_000
      ? [`${at} PostgreSQL is ${Math.floor(side.version / 10_000)}: 18 or newer is needed`]
      : []),
    ...(facts.in_recovery ? [`${at} PostgreSQL is a read-only replica: name the primary`] : []),
    ...(facts.has_schema
      ? []
      : [`${at} database ${side.database} has no schema ${schema}: migrate it first`]),
    ...lacks(facts.may_replicate, `may not replicate: ALTER ROLE ${side.login} REPLICATION`),
    ...lacks(facts.may_subscribe, `may not subscribe: GRANT pg_create_subscription TO ${side.login}`),
    ...lacks(
      facts.may_create,
      `may not create in ${side.database}: GRANT CREATE ON DATABASE ${side.database} TO ${side.login}`,
    ),
    ...lacks(
      facts.may_create_tables,
      `may not create tables in ${schema}: GRANT CREATE ON SCHEMA ${schema} TO ${side.login}`,
    ),
    ...(facts.prepared > 0
      ? [
          `${at} database ${side.database} has prepared transactions, and no slot can be made before they end: pg_prepared_xacts lists them`,
        ]
      : []),
  ];
}

function differences(monolith: DatabaseFacts, service: DatabaseFacts): readonly string[] {
  const differ = (what: 'encoding' | 'collation') =>
    monolith[what] === service[what]
      ? []
      : [
          `the ${what} is ${monolith[what]} at the monolith and ${service[what]} at the service: make the service's database anew`,
        ];
  return [...differ('encoding'), ...differ('collation')];
}

function tableProblems(
  { schema }: Replica,
  { side, login }: SideDatabase,
  tables: readonly TableDescription[],
): readonly string[] {
  return tables.flatMap(({ table, installed, unlogged, identifiable, ours, sequences }) => {
    const name = `${schema}.${table}`;
    if (installed) return [];
    return [
      ...(OWN_TABLES.some((own) => own === table)
        ? [`${name} of the ${side} has a name that replication needs: rename it`]
        : []),
      ...(unlogged
        ? [`${name} of the ${side} is unlogged, and would not be replicated: ALTER TABLE ${name} SET LOGGED`]
        : []),
      ...(identifiable ? [] : [`${name} of the ${side} has no primary key, and no replica identity instead`]),
      ...(ours
        ? []
        : [`${name} of the ${side} is not owned by ${login}: GRANT its owner's role to ${login}`]),
      ...(sequences === null
        ? []
        : [`${name} of the ${side} takes ${sequences} from a sequence, which is not replicated: use UUIDs`]),
    ];
  });
}

export async function crossingKeys(
  { schema }: Replica,
  { side, query }: SideDatabase,
): Promise<readonly string[]> {
  const keys = await query<{ name: string }>(sql('crossing-keys', { schema }));
  return keys.map(({ name }) => `a foreign key of the ${side} crosses the edge of ${schema}: drop ${name}`);
}

/** Tables of the service that have rows, and are not subscribed: the copies of the same rows would meet them. */
export async function filledTables(
  replica: Replica,
  service: SideDatabase,
  tables: readonly TableDescription[],
): Promise<readonly string[]> {
  const subscribed = new Set((await subscribedTables(replica, service, FORWARD)).map(({ table }) => table));
  const filled: string[] = [];
  for (const { table, installed, partitioned, ours } of tables) {
    // What may not be read is told of already.
    if (installed || partitioned || !ours || subscribed.has(table)) continue;
    const [row] = await service.query<{ filled: boolean }>(
      sql('has-rows', { schema: replica.schema, table }),
    );
    if (row?.filled === true) filled.push(`${replica.schema}.${table}`);
  }
  return filled;
}

const filledProblems = ({ capability }: Replica, filled: readonly string[]): readonly string[] =>
  filled.length === 0
    ? []
    : [
        `the service has rows already in ${filled.join(', ')}: npm run switch -- stop ${capability} --empty-service`,
      ];

async function checkCapacity(
  replica: Replica,
  sides: Sides,
): Promise<Pick<Preconditions, 'problems' | 'advice'>> {
  const missing: Direction[] = [];
  for (const direction of DIRECTIONS) {
    if ((await readSubscription(replica, sides[direction.to], direction)) === undefined)
      missing.push(direction);
  }
  const oneCluster = sides.monolith.systemIdentifier === sides.service.systemIdentifier;
  const clusters = oneCluster ? [[sides.monolith, sides.service]] : [[sides.monolith], [sides.service]];
  const found = await Promise.all(
    clusters.map(async (members) => {
      const names = members.map(({ side }) => side);
      const here = (side: Side) => names.includes(side);
      const load: Load = {
        sends: missing.filter(({ from }) => here(from)).length,
        receives: missing.filter(({ to }) => here(to)).length,
        copies: missing.some(({ copies }) => copies),
      };
      const capacity = await readCapacity(members[0] as SideDatabase);
      const prefix = `on the PostgreSQL of the ${names.join(' and the ')}: `;
      const lacking = shortage(capacity, load);
      const advised = advice(capacity);
      return {
        problems: lacking === undefined ? [] : [prefix + lacking],
        advice: advised === undefined || lacking !== undefined ? [] : [prefix + advised],
      };
    }),
  );
  return {
    problems: found.flatMap(({ problems }) => problems),
    advice: found.flatMap((each) => each.advice),
  };
}
