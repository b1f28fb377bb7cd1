// A thousand rows are damaged by chance, each in its own way: every one is found, and none that is sound.
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { createDice } from '../../../load/dice.ts';
import { replicate } from '../replicate.ts';
import { asReplication, createPair, fill, rowsOf, type Pair } from '../testing.ts';
import type { Kind } from './chunks.ts';
import { diff } from './diff.ts';

const PRODUCTS = 1_500;
const DAMAGES = 1_000;
const { seed } = readConfig({
  seed: setting('SHOP_DIFF_SEED', z.coerce.number().default(Date.now() % 2 ** 31)),
});
const dice = createDice(seed);

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair.drop());

interface Damage {
  readonly table: string;
  readonly key: string;
  readonly kind: Kind;
  /** What was changed in it. */
  readonly column?: string;
  readonly sql: string;
}

interface Row {
  readonly id: string;
  readonly priced: boolean;
}

/** Each is one small change of a product: a byte, the last digit, null for a value. */
const CHANGES: Readonly<Record<string, string>> = {
  name: `overlay(name placing '¤' from 1 + length(name) / 2 for 1)`,
  description: `description || ' '`,
  category_slug: `CASE category_slug WHEN 'c1' THEN 'c2' ELSE 'c1' END`,
  price: 'price + 0.0001',
  attributes: `CASE WHEN attributes IS NULL THEN 'null'::jsonb ELSE attributes #- '{tags,0}' END`,
  mood: `'fancy'`,
  archived_at: `CASE WHEN archived_at IS NULL THEN now() ELSE archived_at + interval '1 microsecond' END`,
  picture: `'\\x00'`,
};

function damageOf({ id, priced }: Row): Damage {
  const product = { table: 'products', key: id };
  const [draw, where] = [dice.below(priced ? 5 : 3), `WHERE id = '${id}'`];
  if (draw === 0) return { ...product, kind: 'missing', sql: `DELETE FROM catalog.products ${where}` };
  if (draw === 1) {
    const extra = `${id.slice(0, -12)}ffffffffffff`;
    const sql = `INSERT INTO catalog.products (id, name, description, category_slug, price)
      SELECT '${extra}', name, description, category_slug, price FROM catalog.products ${where}`;
    return { table: 'products', key: extra, kind: 'extra', sql };
  }
  if (draw === 2) {
    const column = dice.pick(Object.keys(CHANGES));
    const sql = `UPDATE catalog.products SET ${column} = ${CHANGES[column] ?? ''} ${where}`;
    return { ...product, kind: 'changed', column, sql };
  }
  const [price, found] = [{ table: 'prices', key: id }, `WHERE product_id = '${id}'`];
  if (draw === 3) return { ...price, kind: 'missing', sql: `DELETE FROM catalog.prices ${found}` };
  const sql = `UPDATE catalog.prices SET amount = amount + 0.0001 ${found}`;
  return { ...price, kind: 'changed', column: 'amount', sql };
}

test(`of ${DAMAGES} rows that are damaged by chance all are found, and no others, and all are repaired (SHOP_DIFF_SEED=${seed})`, async () => {
  await fill(pair, PRODUCTS);
  await replicate(pair);
  const sound = await rowsOf(pair, 'monolith');
  const rows = await pair.sql<Row & Record<string, unknown>>(
    'monolith',
    `SELECT id, EXISTS (SELECT FROM catalog.prices WHERE product_id = id) AS priced FROM catalog.products ORDER BY id`,
  );
  const planted = rows
    .map((row) => ({ row, place: dice.fraction() }))
    .toSorted((one, other) => one.place - other.place)
    .slice(0, DAMAGES)
    .map(({ row }) => damageOf(row));
  await asReplication(pair, 'service', planted.map(({ sql }) => sql).join(';'));

  const { differences } = await diff(pair, { chunkRows: 200, repair: true });
  const textOf = ({ table, key, kind }: Pick<Damage, 'table' | 'key' | 'kind'>) => `${kind} ${table} ${key}`;
  const found = new Map(
    differences.map(({ table, key, kind, columns }) => [
      textOf({ table, kind, key: key['id'] ?? key['product_id'] ?? '' }),
      columns.map(({ column }) => column),
    ]),
  );
  const recall = planted.filter((damage) => found.has(textOf(damage))).length / planted.length;
  expect({ recall, found: [...found.keys()].toSorted() }).toEqual({
    recall: 1,
    found: planted.map(textOf).toSorted(),
  });
  for (const damage of planted)
    if (damage.column !== undefined) expect(found.get(textOf(damage))).toContain(damage.column);
  expect(await rowsOf(pair, 'service')).toEqual(sound);
});
