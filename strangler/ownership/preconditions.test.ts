import { replicate } from './replicate.ts';
import { createPair, type Pair } from './testing.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

test.each([
  [
    'monolith',
    'CREATE TABLE catalog.more (id uuid PRIMARY KEY)',
    'catalog.more is at the monolith, but not at the service: migrate the service',
  ],
  [
    'service',
    'CREATE TABLE catalog.more (id uuid PRIMARY KEY)',
    'catalog.more is at the service, but not at the monolith: drop it, or migrate the monolith',
  ],
  [
    'monolith',
    'ALTER TABLE catalog.notes ADD extra int',
    'catalog.notes.extra is integer at the monolith, missing at the service: migrate the one that is behind',
  ],
  [
    'service',
    'ALTER TABLE catalog.prices ALTER amount TYPE numeric(10, 2)',
    'catalog.prices.amount is numeric(12,4) at the monolith, numeric(10,2) at the service: migrate the one that is behind',
  ],
  [
    'service',
    'ALTER TABLE catalog.notes ALTER note SET NOT NULL',
    'catalog.notes.note is text at the monolith, text not null at the service: migrate the one that is behind',
  ],
  [
    'service',
    'ALTER TABLE catalog.notes REPLICA IDENTITY DEFAULT',
    'catalog.notes of the service has no primary key, and no replica identity instead',
  ],
  [
    'monolith',
    'ALTER TABLE catalog.never_filled SET UNLOGGED',
    'catalog.never_filled of the monolith is unlogged, and would not be replicated: ALTER TABLE catalog.never_filled SET LOGGED',
  ],
  [
    'monolith',
    'CREATE TABLE outside (slug text REFERENCES catalog.categories)',
    'a foreign key of the monolith crosses the edge of catalog: drop outside_slug_fkey (outside → catalog.categories)',
  ],
  [
    'service',
    'CREATE TABLE outside (id int PRIMARY KEY); ALTER TABLE catalog.notes ADD FOREIGN KEY (number) REFERENCES outside',
    'a foreign key of the service crosses the edge of catalog: drop notes_number_fkey (catalog.notes → outside)',
  ],
  [
    'service',
    `INSERT INTO catalog.notes VALUES (1, '')`,
    'the service has rows already in catalog.notes: npm run switch -- stop catalog --empty-service',
  ],
  [
    'service',
    'DROP SCHEMA catalog CASCADE',
    /^the service's database pair_\w+ has no schema catalog: migrate it first$/m,
  ],
])('at the %s, %s is told in one line, and nothing is made', async (side, change, line) => {
  await pair.sql(side as 'monolith', change);
  const message = await replicate(pair).then(
    () => 'replicated',
    (error: Error) => error.message,
  );
  if (typeof line === 'string') expect(message).toBe(line);
  else expect(message).toMatch(line);
  expect(await pair.traces()).toEqual([]);
});

test('columns that a sequence fills are refused, since sequences stay behind', async () => {
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(
      side,
      'CREATE TABLE catalog.s (a serial, b int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (a))',
    );
  await expect(replicate(pair)).rejects.toThrow(/^catalog\.s of the monolith takes a, b from a sequence/);
});

test('a table of the capability that has a name which replication needs is not taken for its own', async () => {
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(side, 'CREATE TABLE catalog.ownership (id uuid PRIMARY KEY)');
  await expect(replicate(pair)).rejects.toThrow(
    'catalog.ownership of the monolith has a name that replication needs',
  );
});

test('one database cannot be both sides', async () => {
  const same = { ...pair, urls: { monolith: pair.urls.monolith, service: pair.urls.monolith } };
  await expect(replicate(same)).rejects.toThrow(/^both sides are the same database/);
});

test('a database that is a copy of another is refused, on either side', async () => {
  await replicate(pair);
  await pair.sql('service', `UPDATE strangler.identity SET system_identifier = '1'`);
  await expect(replicate(pair)).rejects.toThrow(/^the service's database \w+ is a copy of/);
  const swapped = { ...pair, urls: { monolith: pair.urls.service, service: pair.urls.monolith } };
  await expect(replicate(swapped)).rejects.toThrow(/is the service's, and cannot be the monolith's as well/);
});

test('a second service at the same monolith is refused, and a slot that is gone is told', async () => {
  const other = await createPair();
  try {
    await replicate(pair);
    const second = { ...pair, urls: { monolith: pair.urls.monolith, service: other.urls.service } };
    await expect(replicate(second)).rejects.toThrow(
      /^catalog is replicated to another database already, pair_\w+_service/,
    );
  } finally {
    await other.drop();
  }
});

test('a login that is no superuser is told what it lacks, and replicates by lists of tables once it has that', async () => {
  const role = new URL(pair.urls.monolith).pathname.slice(1).replace('_monolith', '_login');
  const as = (url: string) => Object.assign(new URL(url), { username: role, password: 'pw' }).href;
  const weak = { ...pair, urls: { monolith: as(pair.urls.monolith), service: as(pair.urls.service) } };
  await pair.sql('monolith', `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
  try {
    const lines = await replicate(weak).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(lines.split('\n')).toEqual(
      expect.arrayContaining([
        `the monolith's login ${role} may not replicate: ALTER ROLE ${role} REPLICATION`,
        `the service's login ${role} may not subscribe: GRANT pg_create_subscription TO ${role}`,
        expect.stringMatching(/^the monolith's login \w+ may not create in \w+: GRANT CREATE ON DATABASE/),
        expect.stringMatching(/^catalog\.products of the service is not owned by/),
      ]),
    );
    await pair.sql('monolith', `ALTER ROLE ${role} REPLICATION; GRANT pg_create_subscription TO ${role}`);
    for (const side of ['monolith', 'service'] as const) {
      const database = new URL(pair.urls[side]).pathname.slice(1);
      await pair.sql(
        side,
        `GRANT CREATE ON DATABASE ${database} TO ${role}; GRANT ALL ON SCHEMA catalog TO ${role}`,
      );
      for (const table of [
        'categories',
        'products',
        'prices',
        'stock_by_region',
        'stock_eu',
        'stock_us',
        'notes',
        'never_filled',
      ])
        await pair.sql(side, `ALTER TABLE catalog.${table} OWNER TO ${role}`);
    }
    await pair.sql('monolith', `INSERT INTO catalog.categories VALUES ('c', 'C')`);
    await replicate(weak);
    expect(await pair.sql('service', 'SELECT slug FROM catalog.categories')).toEqual([{ slug: 'c' }]);
    const { stop } = await import('./stop.ts');
    await stop(weak);
    expect(await pair.traces()).toEqual([]);
  } finally {
    const { stop } = await import('./stop.ts');
    await stop(pair);
    for (const side of ['monolith', 'service'] as const)
      await pair.sql(side, `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`);
    await pair.sql('monolith', `DROP ROLE ${role}`);
  }
});
