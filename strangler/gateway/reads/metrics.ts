// Which plan is followed, and how many reads were not answered by the side that was chosen for them: what makes "25 percent"
// less.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Plans } from '../../plans/plan.ts';

export type ReadMetrics = ReturnType<typeof createReadMetrics>;

/** @param plans as they are now. */
export function createReadMetrics(registry: Registry, plans: () => Plans) {
  new Gauge({
    name: 'gateway_plan_version',
    help: 'The version of the plan that is followed',
    labelNames: ['capability'] as const,
    registers: [registry],
    collect() {
      for (const { capability, version } of plans().values()) this.set({ capability }, version);
    },
  });
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
