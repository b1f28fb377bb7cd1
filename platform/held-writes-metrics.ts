// How many writes are held, for how long, and what became of them: the same figures in every process that holds some.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Hold, HoldEnd } from './held-writes.ts';

export type HoldMetrics = ReturnType<typeof createHoldMetrics>;

/** @param prefix of the names, the process that holds: `gateway_writes_held`. */
export function createHoldMetrics(registry: Registry, prefix: string, capability: string) {
  const labels = { capability };
  const common = { labelNames: ['capability'] as const, registers: [registry] };
  const ended = new Counter({
    name: `${prefix}_writes_held_total`,
    help: 'Writes that were refused and had to wait, by what became of them',
    labelNames: ['capability', 'outcome'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    ...common,
    name: `${prefix}_write_held_seconds`,
    help: 'For how long writes were held',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4],
  });
  return {
    /** For the hold's `onEnd`. */
    held: (end: HoldEnd, heldMs: number): void => {
      ended.inc({ ...labels, outcome: end });
      if (end !== 'full') seconds.observe(labels, heldMs / 1_000);
    },
    /** Read whenever somebody looks. */
    watch: (hold: Pick<Hold, 'held'>): void => {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          ...{ ...common, name, help },
          collect() {
            this.set(labels, value());
          },
        });
      gauge(`${prefix}_writes_held`, 'Writes that wait now', () => hold.held().count);
      gauge(`${prefix}_writes_held_bytes`, 'What they keep in memory', () => hold.held().bytes);
    },
  };
}
