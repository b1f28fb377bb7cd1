import { SpanStatusCode, trace } from '@opentelemetry/api';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { traceQueries } from './queries.ts';
import { recordSpans, type RecordedSpans } from './testing.ts';

let database: TestDatabase;
let adapter: SqlDriverAdapter;
let spans: RecordedSpans;

beforeAll(async () => {
  database = await createTestDatabase('monolith');
  adapter = await traceQueries(new PrismaPg({ connectionString: database.url })).connect();
});
beforeEach(async () => void (spans = await recordSpans()));
afterEach(() => spans.stop());
afterAll(async () => {
  await adapter.dispose();
  await database.drop();
});

const statement = (sql: string, ...args: unknown[]): SqlQuery => ({
  sql,
  args,
  argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' })),
});

test('a statement is a span below whatever sends it, without the values in it', async () => {
  await trace.getTracer('test').startActiveSpan('request', async (request) => {
    const { rows } = await adapter.queryRaw(statement('SELECT $1::text AS answer', 'secret'));
    expect(rows).toEqual([['secret']]);
    request.end();
  });
  const { attributes, parentSpanContext } = spans.one('SELECT');
  expect(parentSpanContext?.spanId).toBe(spans.one('request').spanContext().spanId);
  expect(attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.operation.name': 'SELECT',
    'db.query.text': 'SELECT $1::text AS answer',
  });
});

test('so is one within a transaction', async () => {
  const transaction = await adapter.startTransaction();
  await transaction.executeRaw(statement('DELETE FROM cart_items'));
  await transaction.rollback();
  expect(spans.one('DELETE').attributes['db.query.text']).toBe('DELETE FROM cart_items');
});

test('one that fails is marked, and fails as before', async () => {
  await expect(adapter.queryRaw(statement('SELECT nothing'))).rejects.toThrow();
  expect(spans.one('SELECT').status.code).toBe(SpanStatusCode.ERROR);
});
