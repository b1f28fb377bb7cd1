// A span for every statement that Prisma sends to the database, transactions included, below the request it is sent for.
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils';

/** Stands around Prisma's adapter: `new PrismaClient({ adapter: traceQueries(new PrismaPg(…)) })`. */
export function traceQueries(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  const { provider, adapterName } = factory;
  return { provider, adapterName, connect: async () => traced(await factory.connect()) };
}

/** Whatever is not traced goes to the adapter itself. */
function traced<T extends SqlDriverAdapter | Transaction>(adapter: T): T {
  return new Proxy(adapter, {
    get(target, name) {
      if (name === 'queryRaw') return (query: SqlQuery) => inSpan(query, () => target.queryRaw(query));
      if (name === 'executeRaw') return (query: SqlQuery) => inSpan(query, () => target.executeRaw(query));
      if (name === 'startTransaction' && 'startTransaction' in target) {
        return async (...args: Parameters<SqlDriverAdapter['startTransaction']>) =>
          traced(await target.startTransaction(...args));
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
}

/** The text has placeholders where its values were: those are nobody's business. */
function inSpan<T>({ sql }: SqlQuery, query: () => Promise<T>): Promise<T> {
  const operation = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': sql };
  const tracer = trace.getTracer('platform/telemetry/queries');
  return tracer.startActiveSpan(operation, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await query();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
