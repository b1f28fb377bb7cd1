// Prisma's schema engine as WebAssembly, over a pool of its own.
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool } from 'pg';
import { SetupError } from '../setup-error.ts';

export interface EngineOptions {
  readonly url: string;
  /** The text of schema.prisma. */
  readonly schema: string;
  /** Who the statements run as; without it, the URL's login. */
  readonly role?: string;
  readonly onNotice?: ((notice: string) => void) | undefined;
}

const ENGINE_LOCK_TIMEOUT_MS = 10_000;

/**
 * The history of migrations stays in `public`, whichever schemas the database looks through first. A statement ends
 * soon after the process that sent it, so that the next one does not meet it still at work.
 */
const SESSION = '-c search_path=public -c client_connection_check_interval=500';

/** @throws {SetupError} where PostgreSQL refuses a migration's script: what it said. */
export async function withEngine<T>(
  { url, schema, role, onNotice }: EngineOptions,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  // A pool of our own, since the engine leaves its connections open.
  const pool = new Pool({
    connectionString: url,
    allowExitOnIdle: true,
    options: role === undefined ? SESSION : `${SESSION} -c role=${role}`,
  });
  pool.on('connect', (client) => client.on('notice', ({ message }) => onNotice?.(message ?? '')));
  let refusal: Error | undefined;
  const executeScript = async (script: string) => {
    await pool.query(script).catch((error: unknown) => {
      refusal = error as Error;
      throw error;
    });
  };
  const adapter = bindMigrationAwareSqlAdapterFactory(withScripts(new PrismaPg(pool), executeScript));
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => undefined,
    adapter,
  );
  const restoreTimers = releaseEngineTimers();
  try {
    return await use(engine);
  } catch (error) {
    // The engine keeps to itself what the database said.
    if (refusal === undefined) throw error;
    throw new SetupError(`a migration failed: ${refusal.message}`, { cause: refusal });
  } finally {
    restoreTimers();
    engine.free();
    await pool.end();
  }
}

/**
 * A migration is sent as it is written, in one piece, as `prisma migrate` does: in one transaction, unless it is a
 * single statement that ends transactions of its own. The adapter by itself cuts scripts at every semicolon, also at
 * those within a function's body.
 */
function withScripts(factory: PrismaPg, executeScript: SqlDriverAdapter['executeScript']): PrismaPg {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter: SqlDriverAdapter = await connect();
    adapter.executeScript = executeScript;
    return adapter as Awaited<ReturnType<PrismaPg['connect']>>;
  };
  return factory;
}

/** The engine arms a timer for its lock and never clears it; without this, every process would end 10 s late. */
function releaseEngineTimers(): () => void {
  const original = globalThis.setTimeout;
  const patched = (callback: () => void, delay?: number) => {
    const timer = original(callback, delay);
    return delay === ENGINE_LOCK_TIMEOUT_MS ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(patched, original);
  return () => void (globalThis.setTimeout = original);
}
