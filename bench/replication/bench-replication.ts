// npm run bench -- replication: the whole run, from an empty folder to the figures.
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { stop } from '../../strangler/ownership/stop.ts';
import { inTurn, median, ratios, summarize, type Summary } from '../arithmetic.ts';
import { currentLoad, describeMachine, type Machine } from '../machine.ts';
import { copyByReplication, pipeRows } from './copy.ts';
import { openGround, type Ground } from './ground.ts';
import { connect, cutOff, drainBacklog, measureLag, writeFor } from './stream.ts';

export interface ReplicationBenchOptions {
  /** Rows of the table. */
  readonly products: number;
  readonly rounds: number;
  /** Of the first copy; it takes longer. */
  readonly copies: number;
  /** Of each measurement under load, in all rounds together. */
  readonly seconds: number;
  readonly writers: number;
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
  /** Milliseconds, while the writers write. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly samples: number };
  /** Changes a second by the writers, with and without replication, and the share that it takes of them. */
  readonly writers: {
    readonly alone: Summary;
    readonly replicated: Summary;
    readonly cost: Summary;
    readonly bar: number;
  };
}

const COPY_BAR = 0.5;
const COST_BAR = 0.15;

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
    return { machine, products, copy, writers, lag, backlog, loadAfter: currentLoad() };
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
  const { rounds, seconds, writers, products, onStep } = options;
  const rates = { alone: [] as number[], replicated: [] as number[] };
  const lags: { p50: number; p99: number; samples: number }[] = [];
  const drained: number[] = [];
  const write = () => writeFor(ground, writers, seconds / rounds, products);
  onStep('warming up');
  await replicate(ground);
  await write();
  for (const [round, turn] of inTurn(['alone', 'replicated'] as const, rounds).entries()) {
    onStep(`streaming, round ${round + 1} of ${rounds}`);
    for (const way of turn) {
      await (way === 'alone' ? cutOff(ground) : connect(ground));
      rates[way].push(await write());
    }
    await connect(ground);
    // Apart from the writers' figure, since looking for the lag is work as well.
    lags.push(await measureLag(ground, write()));
    drained.push(await drainBacklog(ground, Math.ceil(options.backlog / rounds)));
  }
  await stop(ground, { emptyService: true });
  return {
    writers: {
      alone: summarize(rates.alone),
      replicated: summarize(rates.replicated),
      cost: summarize(rates.replicated.map((rate, round) => 1 - rate / (rates.alone[round] as number))),
      bar: COST_BAR,
    },
    lag: {
      p50: median(lags.map(({ p50 }) => p50)),
      p99: median(lags.map(({ p99 }) => p99)),
      samples: lags.reduce((sum, { samples }) => sum + samples, 0),
    },
    backlog: summarize(drained),
  };
}
