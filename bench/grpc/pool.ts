// The pairs that run: each is started when it is first needed, and stopped when nobody needs it any more, so that it
// takes nothing from those that are measured.
import { PAIRS, startPair, type Pair, type PairName, type PairOptions } from './pairs.ts';
import type { SpanSink } from './span-sink.ts';

export interface PairPool {
  start(names: readonly PairName[]): Promise<ReadonlyMap<PairName, Pair>>;
  /** The others have stopped, and sent all the spans that they will. */
  keepOnly(names: readonly PairName[]): Promise<void>;
  /** Of those that were traced: how many calls they have made, and how many spans of them reached the collector. */
  spans(): readonly SpanCount[];
}

export interface SpanCount {
  readonly pair: PairName;
  readonly calls: number;
  readonly arrived: number;
}

export function createPairPool(sink: SpanSink, options: Omit<PairOptions, 'endpointFor'>): PairPool {
  const running = new Map<PairName, Pair>();
  const stopped = new Map<PairName, Pair>();
  const endpointFor = (pair: PairName) => sink.endpointFor(pair);
  return {
    async start(names) {
      const missing = names.filter((name) => !running.has(name));
      const started = await Promise.all(missing.map((name) => startPair(name, { ...options, endpointFor })));
      for (const [index, name] of missing.entries()) running.set(name, started[index] as Pair);
      return running;
    },

    async keepOnly(names) {
      const useless = [...running].filter(([name]) => !names.includes(name));
      await Promise.all(useless.map(([, pair]) => pair.stop()));
      for (const [name, pair] of useless) {
        running.delete(name);
        stopped.set(name, pair);
      }
    },

    spans: () =>
      [...stopped]
        .filter(([name]) => 'traced' in PAIRS[name])
        .map(([name, pair]) => ({ pair: name, calls: pair.calls(), arrived: sink.spansOf(name) })),
  };
}
