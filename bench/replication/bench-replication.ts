// npm run bench -- replication: the whole run, from an empty folder to the figures.
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { stop } from '../../strangler/ownership/stop.ts';
import { inTurn, median, ratios, summarize, type Summary } from '../arithmetic.ts';
import { currentLoad, describeMachine, type Machine } from '../machine.ts';
import { copyByReplication, pipeRows } from './copy.ts';
import { costFigures, takeTurn, WAYS, type CostFigures, type Turn } from './costs.ts';
import { measureFence, type FenceFigures } from './fence.ts';
import { openGround, type Ground } from './ground.ts';
import { connect, cutOff, drainBacklog, measureLag } from './stream.ts';
import { createWriters, KINDS } from './writers.ts';

export interface ReplicationBenchOptions {
  /** Rows of the table. */
  readonly products: number;
  readonly rounds: number;
  /** Of the first copy; it takes longer. */
  readonly copies: number;
  /** Of each measurement under load, in all rounds together. */
  readonly seconds: number;
  readonly writers: number;
  /** Before the first figure under load: the monolith's code is compiled by then, and its pool is full. */
  readonly warmUpSeconds: number;
  /** One-row transactions that pile up, in all rounds together. */
  readonly backlog: number;
  /** Without fsync; for tests. */
  readonly disposable?: boolean;
  readonly signal?: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface ReplicationReport {
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly products: number;
  /** Rows a second. */
  readonly copy: {
    readonly replication: Summary;
    readonly pipe: Summary;
    readonly ratio: Summary;
    readonly bar: number;
  };
  /** Transactions a second. */
  readonly backlog: Summary;
  /** Milliseconds, while bare statements are written. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly samples: number };
  /** The monolith's own writers, and the worst case. */
  readonly writers: readonly CostFigures[];
  /** Bare statements at a table of their own, each kind with the fence and without. */
  readonly fence: readonly FenceFigures[];
}

const COPY_BAR = 0.5;

export async function benchReplication(options: ReplicationBenchOptions): Promise<ReplicationReport> {
  const { products, disposable = false, onStep } = options;
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  const interrupted = new Promise<never>((_, reject) =>
    options.signal?.addEventListener('abort', () => reject(new SetupError('interrupted'))),
  );
  interrupted.catch(() => undefined);

  async function run(): Promise<ReplicationReport> {
    onStep(`writing ${products} products`);
    const ground = await openGround(shutdown, products, disposable);
    const machine = await describeMachine(ground.pools.monolith);
    const copy = await measureCopies(ground, options);
    const { writers, lag, backlog } = await measureStream(ground, options);
    // By now nothing is replicated any more.
    const fence = await measureFence(ground.place.postgresUrl, options);
    return { machine, products, copy, writers, lag, backlog, fence, loadAfter: currentLoad() };
  }

  try {
    return await Promise.race([run(), interrupted]);
  } finally {
    await shutdown.stop();
  }
}

async function measureCopies(
  ground: Ground,
  { products, copies, onStep }: ReplicationBenchOptions,
): Promise<ReplicationReport['copy']> {
  const rates = { replication: [] as number[], pipe: [] as number[] };
  const ways = { replication: copyByReplication, pipe: pipeRows };
  for (const [round, turn] of inTurn(['replication', 'pipe'] as const, copies).entries()) {
    onStep(`first copy, round ${round + 1} of ${copies}`);
    for (const way of turn) rates[way].push(products / (await ways[way](ground)));
  }
  return {
    replication: summarize(rates.replication),
    pipe: summarize(rates.pipe),
    ratio: ratios(rates.replication, rates.pipe),
    bar: COPY_BAR,
  };
}

/** Set up once, and cut off for the turns alone: the log and its settings are the same in both. */
async function measureStream(ground: Ground, options: ReplicationBenchOptions) {
  const { rounds, warmUpSeconds, onStep } = options;
  const seconds = options.seconds / rounds;
  const turns: Turn[] = [];
  const lags: { p50: number; p99: number; samples: number }[] = [];
  const drained: number[] = [];
  onStep('warming up');
  const writers = await createWriters(ground, options.writers);
  await replicate(ground);
  for (const kind of KINDS) await writers[kind](warmUpSeconds);
  for (const [round, ways] of inTurn(WAYS, rounds).entries()) {
    onStep(`streaming, round ${round + 1} of ${rounds}`);
    for (const way of ways) {
      await (way === 'alone' ? cutOff(ground) : connect(ground));
      for (const kind of KINDS) turns.push(await takeTurn(ground, writers, kind, way, seconds));
    }
    await connect(ground);
    // Apart from the writers' figure, since looking for the lag is work as well.
    lags.push(await measureLag(ground, writers.UPDATE(seconds)));
    drained.push(await drainBacklog(ground, Math.ceil(options.backlog / rounds)));
  }
  await stop(ground, { emptyService: true });
  return {
    writers: costFigures(turns),
    lag: {
      p50: median(lags.map(({ p50 }) => p50)),
      p99: median(lags.map(({ p99 }) => p99)),
      samples: lags.reduce((sum, { samples }) => sum + samples, 0),
    },
    backlog: summarize(drained),
  };
}

/** Answers that were not as expected: figures with errors are not figures. */
export const countReplicationErrors = ({ writers }: ReplicationReport): number =>
  writers.reduce((sum, { alone, replicated }) => sum + alone.errors + replicated.errors, 0);
