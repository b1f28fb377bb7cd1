// Opens the parallel run for the process: its setting, its connections, and the way to the switch.
import { z } from 'zod';
import { SwitchServiceService } from '../../../generated/protos/shop/strangler/v1/strangler.ts';
import { readConfig, setting } from '#platform/config.ts';
import { connectGrpc } from '#platform/grpc/client.ts';
import { planOf, type Plans } from '../../plans/plan.ts';
import { readGatewayConfig } from '../config.ts';
import type { Surroundings } from '../layer.ts';
import type { Forward } from '../proxy.ts';
import type { ServiceReads } from '../reads/service-side.ts';
import { createShadowMonolith } from './ask-monolith.ts';
import { createShadowMetrics } from './metrics.ts';
import { createParallelRun, SHADOW_LIMITS } from './parallel-run.ts';
import { shadowReads } from './shadow-reads.ts';
import { startSwitchReports } from './switch-reports.ts';

const settings = {
  /** `monolith` compares the monolith with itself: how much two answers differ that should not. */
  against: setting('GATEWAY_SHADOW_AGAINST', z.enum(['service', 'monolith']).default('service')),
};

export interface ShadowOptions {
  /** As they are now. */
  readonly plans: () => Plans;
  readonly services: readonly ServiceReads[];
  /** Without it nobody is told but the log and the metrics. */
  readonly switchAddress: string | undefined;
}

/** @param next where requests go, whether they are compared or not. */
export function openShadow(
  next: Forward,
  { plans, services, switchAddress }: ShadowOptions,
  { metrics: { registry }, log, shutdown }: Surroundings,
): Forward {
  const { against } = readConfig(settings);
  const { atOnce, maxBytes } = SHADOW_LIMITS;
  const { monolithUrl: url } = readGatewayConfig();
  const monolith = createShadowMonolith({ url, connections: atOnce, maxBytes });
  shutdown.onStop('parallel run’s connections', () => monolith.close());
  const metrics = createShadowMetrics(registry, against);

  let report: Parameters<typeof createParallelRun>[0]['report'] = () => undefined;
  if (switchAddress !== undefined && against === 'service') {
    const client = connectGrpc(SwitchServiceService, {
      addresses: [switchAddress],
      defaultDeadlineMs: 2_000,
      log: log.child({}, { level: 'silent' }),
    });
    const reports = startSwitchReports({ client, counts: metrics.counts, log });
    shutdown.onStop('reports', () => reports.stop().finally(() => client.close()));
    ({ report } = reports);
  }
  const run = createParallelRun({
    shadowPercent: (capability) => planOf(plans(), capability).reads.shadowPercent,
    monolith,
    services: Object.fromEntries(
      services.map((service) => [service.capability, (...words) => service.translate(...words)]),
    ),
    ...{ against, report, metrics, log },
  });
  shutdown.onStop('parallel run', () => run.close());
  return shadowReads(next, run);
}
