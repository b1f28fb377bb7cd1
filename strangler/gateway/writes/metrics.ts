// How many writes wait while ownership moves, for how long, and where writes are done.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Hold, HoldEnd } from '#platform/held-writes.ts';
import type { Hint } from './hint.ts';

export type WriteMetrics = ReturnType<typeof createWriteMetrics>;

export function createWriteMetrics(registry: Registry, capability: string) {
  const labels = { capability };
  const held = new Counter({
    name: 'gateway_writes_held_total',
    help: 'Writes that were refused and had to wait, by what became of them',
    labelNames: ['capability', 'outcome'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'gateway_write_held_seconds',
    help: 'For how long writes were held',
    labelNames: ['capability'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4],
    registers: [registry],
  });
  const writes = new Counter({
    name: 'gateway_writes_total',
    help: 'Writes by the side that answered; those that were not put in the words of the service by themselves',
    labelNames: ['capability', 'side', 'translated'] as const,
    registers: [registry],
  });
  return {
    held: (end: HoldEnd, heldMs: number): void => {
      held.inc({ ...labels, outcome: end });
      if (end !== 'full') seconds.observe(labels, heldMs / 1_000);
    },
    answered: (side: string, translated: boolean) =>
      writes.inc({ ...labels, side, translated: String(translated) }),
    /** Read whenever somebody looks. */
    watch(hold: Hold, hint: Hint) {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          ...{ name, help, labelNames: ['capability'] as const, registers: [registry] },
          collect() {
            this.set(labels, value());
          },
        });
      gauge('gateway_writes_held', 'Writes that wait now', () => hold.held().count);
      gauge('gateway_writes_held_bytes', 'What they keep in memory', () => hold.held().bytes);
      gauge('gateway_owner_epoch', 'The latest epoch that was heard of; 0 as long as none was', () =>
        Number(hint.current().epoch ?? 0),
      );
    },
  };
}
