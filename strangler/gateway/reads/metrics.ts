// How many reads were not answered by the side that was chosen for them: what makes "25 percent" less.
import { Counter, type Registry } from 'prom-client';

export type ReadMetrics = ReturnType<typeof createReadMetrics>;

export function createReadMetrics(registry: Registry) {
  const diverted = new Counter({
    name: 'gateway_reads_diverted_total',
    help: 'Reads that the other side than the chosen one was asked for, by reason',
    labelNames: ['capability', 'reason'] as const,
    registers: [registry],
  });
  return {
    diverted: (capability: string, reason: string) => diverted.inc({ capability, reason }),
  };
}
