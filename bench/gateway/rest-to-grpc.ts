// What the gateway adds to a call of a service: the same product by REST through it, and by gRPC without it, in turn, at
// half of what the longer way can bear.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { CatalogServiceService } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { inTurn, quantile, summarize, type Summary } from '../arithmetic.ts';

export interface RestToGrpcOptions {
  /** The gateway's. */
  readonly url: string;
  /** The catalog service's: `host:port`. */
  readonly grpcAddress: string;
  /** Of each way in each round. */
  readonly seconds: number;
  readonly rounds: number;
  /** At once, while it is looked for what the longer way can bear. */
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

export type Way = 'REST through the gateway' | 'gRPC at the service';
export const WAYS: readonly Way[] = ['REST through the gateway', 'gRPC at the service'];

/** Milliseconds. */
export interface WayFigures {
  readonly way: Way;
  readonly p50: Summary;
  readonly p99: Summary;
}

export interface RestToGrpcFigures {
  /** Requests a second: half of `capacity`. */
  readonly rate: number;
  readonly capacity: number;
  readonly ways: readonly WayFigures[];
  /** To the p50, in milliseconds: of each round, the one way's less the other's. */
  readonly added: Summary;
}

/** The most that the gateway may add to a p50, in milliseconds. */
export const BAR_MS = 1;
const WARM_UP_MS = 3_000;
const TIMEOUT_MS = 5_000;
const ARRIVAL_DEADLINE_MS = 30_000;

type Ask = () => Promise<void>;

/** @throws {SetupError} where an answer is none, or was not the service's. */
export async function measureRestToGrpc(options: RestToGrpcOptions): Promise<RestToGrpcFigures> {
  const { url, grpcAddress, seconds, rounds, connections, signal, onStep } = options;
  const pool = new Pool(url, { connections: 256, headersTimeout: TIMEOUT_MS });
  const client = connectGrpc(CatalogServiceService, {
    addresses: [grpcAddress],
    defaultDeadlineMs: TIMEOUT_MS,
    repeats: false,
    log: createLogger({ name: 'bench', level: 'error', format: 'json' }),
  });
  try {
    const { id, cookie, seen } = await arrive(url);
    const ask: Readonly<Record<Way, Ask>> = {
      async 'REST through the gateway'() {
        const answer = await pool.request({ method: 'GET', path: `/products/${id}`, headers: { cookie } });
        await answer.body.text();
        const by = answer.headers['x-served-by'];
        if (answer.statusCode !== 200 || by !== 'catalog')
          throw new SetupError(`the gateway answers ${answer.statusCode}, by ${String(by)}`);
      },
      async 'gRPC at the service'() {
        // As the gateway asks for its readers.
        await client.getProduct({ id }, { metadata: { 'x-read-after': seen, 'x-want-position': '1' } });
      },
    };
    onStep('warming up');
    for (const way of WAYS) await closedLoop(ask[way], connections, WARM_UP_MS);
    onStep('looking for what the gateway can bear');
    const capacity = await closedLoop(ask[WAYS[0] as Way], connections, seconds * 1_000);
    const rate = Math.max(1, Math.floor(capacity / 2));
    const found = new Map<Way, { p50: number; p99: number }[]>(WAYS.map((way) => [way, []]));
    for (const [round, turn] of inTurn(WAYS, rounds).entries())
      for (const way of turn) {
        if (signal.aborted) throw new SetupError('interrupted');
        onStep(`round ${round + 1} of ${rounds}, ${way}`);
        const latencies = await openLoop(ask[way], rate, seconds * 1_000);
        found.get(way)?.push({ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) });
      }
    const of = (way: Way, figure: 'p50' | 'p99') => (found.get(way) ?? []).map((one) => one[figure]);
    const [rest, grpc] = WAYS.map((way) => of(way, 'p50')) as [number[], number[]];
    return {
      rate,
      capacity: Math.round(capacity),
      ways: WAYS.map((way) => ({ way, p50: summarize(of(way, 'p50')), p99: summarize(of(way, 'p99')) })),
      added: summarize(rest.map((value, round) => value - (grpc[round] as number))),
    };
  } finally {
    client.close();
    await pool.destroy();
  }
}

/** As a browser: until what it has seen has come to the service, which answers from then on. */
async function arrive(url: string): Promise<{ id: string; cookie: string; seen: string }> {
  const cookies = new Map<string, string>();
  const deadline = performance.now() + ARRIVAL_DEADLINE_MS;
  while (performance.now() < deadline) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(`${url}/products?pageSize=1`, { headers: { cookie } });
    const { products } = (await answer.json()) as { products: readonly { id: string }[] };
    const seen = [...cookies.values()].map(decodeURIComponent).find((value) => value.startsWith('catalog='));
    const [product] = products;
    if (answer.headers.get('x-served-by') === 'catalog' && product && seen !== undefined)
      return { id: product.id, cookie, seen: seen.slice('catalog='.length) };
    for (const given of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(given) ?? [];
      cookies.set(name, value);
    }
    await sleep(50);
  }
  throw new SetupError('the gateway does not ask the service');
}

/** @returns answers a second. */
async function closedLoop(ask: Ask, connections: number, durationMs: number): Promise<number> {
  const begin = performance.now();
  let answers = 0;
  async function caller() {
    while (performance.now() - begin < durationMs) {
      await ask();
      answers += 1;
    }
  }
  await Promise.all(Array.from({ length: connections }, caller));
  return (answers * 1_000) / (performance.now() - begin);
}

/**
 * Asks when it is due, answered or not. @returns latencies in milliseconds, from when each was sent: how late this
 * process's timers are is no matter of either way.
 */
async function openLoop(ask: Ask, rate: number, durationMs: number): Promise<readonly number[]> {
  const begin = performance.now();
  const latencies: number[] = [];
  const asked: Promise<void>[] = [];
  for (let index = 0; (index * 1_000) / rate < durationMs; index += 1) {
    const due = begin + (index * 1_000) / rate;
    while (performance.now() < due) await sleep(Math.max(0, due - performance.now()));
    const sent = performance.now();
    const answered = ask().then(() => void latencies.push(performance.now() - sent));
    // One that fails meanwhile is told at the end.
    answered.catch(() => undefined);
    asked.push(answered);
  }
  await Promise.all(asked);
  return latencies;
}
