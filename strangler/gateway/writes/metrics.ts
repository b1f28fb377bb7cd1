// How many writes wait while ownership moves, for how long, and where writes are done.
import { Counter, Gauge, type Registry } from 'prom-client';
import { createHoldMetrics } from '#platform/held-writes-metrics.ts';
import type { Hold } from '#platform/held-writes.ts';
import type { Hint } from './hint.ts';

export type WriteMetrics = ReturnType<typeof createWriteMetrics>;

export function createWriteMetrics(registry: Registry, capability: string) {
  const labels = { capability };
  const { held, watch } = createHoldMetrics(registry, 'gateway', capability);
  const writes = new Counter({
    name: 'gateway_writes_total',
    help: 'Writes by the side that answered; those that were not put in the words of the service by themselves',
    labelNames: ['capability', 'side', 'translated'] as const,
    registers: [registry],
  });
  return {
    held,
    answered: (side: string, translated: boolean) =>
      writes.inc({ ...labels, side, translated: String(translated) }),
    /** Read whenever somebody looks. */
    watch(hold: Hold, hint: Hint) {
      watch(hold);
      new Gauge({
        name: 'gateway_owner_epoch',
        help: 'The latest epoch that was heard of; 0 as long as none was',
        labelNames: ['capability'] as const,
        registers: [registry],
        collect() {
          this.set(labels, Number(hint.current().epoch ?? 0));
        },
      });
    },
  };
}
