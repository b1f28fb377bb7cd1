// For the tests beside it: a gateway with a parallel run, whose limits, service and luck a test decides.
import { Registry } from 'prom-client';
import type { CatalogServiceService } from '../../../generated/protos/shop/catalog/v1/catalog.ts';
import type { GrpcClient } from '#platform/grpc/client.ts';
import { callService, type Question } from '../../answers/catalog.ts';
import type { Mismatch } from '../../answers/mismatch.ts';
import { startGateway, type TestGateway } from '../testing.ts';
import { createShadowMonolith } from './ask-monolith.ts';
import { createShadowMetrics } from './metrics.ts';
import { createParallelRun, SHADOW_LIMITS, type ParallelRunOptions } from './parallel-run.ts';
import { shadowReads } from './shadow-reads.ts';

export type Translate = ParallelRunOptions['services'][string];

/** What the service has answered already. */
export const BY_THE_SERVICE = '/products/by-the-service';

export interface ShadowGateway extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly reports: readonly Mismatch[];
  /** Of every outcome so far, `match 3`, and of what was left out, `dropped busy 1`. */
  readonly told: () => Promise<readonly string[]>;
  /** How many comparisons have come to an end, or were left out. */
  readonly ended: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function startShadow(
  monolith: { readonly url: string },
  catalog: Translate,
  { percent = 100, ...options }: Partial<ParallelRunOptions> & { readonly percent?: number } = {},
): Promise<ShadowGateway> {
  const reports: Mismatch[] = [];
  const registry = new Registry();
  const limits = { ...SHADOW_LIMITS, ...options };
  const asked = createShadowMonolith({ ...limits, url: monolith.url, connections: limits.atOnce });
  const { against = 'service' } = options;
  const closing: (() => Promise<void>)[] = [];
  const gateway = await startGateway(monolith, {
    around(next, _metrics, log) {
      const run = createParallelRun({
        shadowPercent: () => percent,
        monolith: asked,
        services: { catalog },
        report: (mismatch) => reports.push(mismatch),
        metrics: createShadowMetrics(registry, against),
        log,
        ...options,
        against,
      });
      closing.push(() => run.close());
      return shadowReads((exchange, beside) => {
        const sent = next(exchange, beside);
        if (exchange.request.url === BY_THE_SERVICE) exchange.outcome.side = 'service';
        return sent;
      }, run);
    },
  });
  const close = async () => {
    for (const each of closing) await each();
  };
  const figures = async () => {
    const metrics = await registry.getMetricsAsJSON();
    return metrics.flatMap(({ name, values }) =>
      values.map(({ labels, value }) => ({ name, labels: labels as Record<string, string>, value })),
    );
  };
  return {
    gateway,
    reports,
    close,
    async told() {
      const lines = (await figures()).map(({ name, labels, value }) =>
        [WHAT[name], labels['outcome'] ?? labels['reason'] ?? '', value]
          .filter((part) => part !== '')
          .join(' '),
      );
      return lines.sort();
    },
    ended: async () =>
      (await figures())
        .filter(({ name }) => /^shadow_(comparisons|samples_dropped|mismatches_repeated)_total$/.test(name))
        .reduce((sum, { value }) => sum + value, 0),
    async [Symbol.asyncDispose]() {
      await close();
      await gateway[Symbol.asyncDispose]();
      await asked.close();
    },
  };
}

const WHAT: Readonly<Record<string, string>> = {
  shadow_comparisons_total: '',
  shadow_inconclusive_total: 'inconclusive',
  shadow_samples_dropped_total: 'dropped',
  shadow_mismatches_repeated_total: 'repeated',
  shadow_mismatches_unreported_total: 'unreported',
};

/** The catalog's reads in the words of its service, as far as tests ask. */
export const inServiceWords =
  (client: GrpcClient<typeof CatalogServiceService>): Translate =>
  ({ url = '' }) => {
    const { pathname, searchParams } = new URL(url, 'http://shop.test');
    const [, what, id] = pathname.split('/');
    const { q, pageSize, ...same } = Object.fromEntries(searchParams);
    const list = { ...same, words: q, ...(pageSize !== undefined && { pageSize: Number(pageSize) }) };
    const question: Question =
      what === 'categories'
        ? { about: 'categories' }
        : id === undefined
          ? { about: 'products', list }
          : { about: 'product', id };
    return (options) => callService(client, question, options);
  };
