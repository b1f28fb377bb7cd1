// The figures of the gateway beside other proxies as Markdown; --json gives the same as one object.
import type { Summary } from '../arithmetic.ts';
import { formatMachine, formatTable } from '../report.ts';
import type { GatewayReport } from './bench-gateway.ts';
import { BARS, type GatewayRouteFigures, type ProxyFigures } from './figures.ts';
import type { ProxyName } from './proxies.ts';

const NAMES: Readonly<Record<ProxyName, string>> = {
  gateway: 'gateway',
  bare: 'bare node:http and undici',
  express: 'Express, http-proxy-middleware',
  expressKeepAlive: 'the same, kept alive',
  nginx: 'nginx',
  direct: 'no proxy',
};

export const NO_NGINX =
  'nginx is not installed here, so it was not measured: install the Debian package `nginx`, and run this again.';

export const formatGatewayReport = ({ machine, loadAfter, versions, routes }: GatewayReport): string =>
  [
    formatMachine(machine, loadAfter),
    [
      `undici ${versions.undici}, http-proxy-middleware ${versions.httpProxyMiddleware}`,
      ...(versions.nginx === null ? [] : [`nginx ${versions.nginx} with one worker`]),
    ].join(', ') + '. CPU in microseconds for each request.',
    ...(versions.nginx === null ? [NO_NGINX] : []),
    formatRatios(routes),
    formatCosts(routes),
  ].join('\n\n');

const formatRatios = (routes: readonly GatewayRouteFigures[]): string =>
  formatTable(
    ['the gateway', 'beside', 'for the same CPU', 'middle half', 'bar', 'was', 'per s', 'middle half'],
    routes.flatMap(({ route, proxies }) =>
      proxies.flatMap(({ name, ratios }) => (ratios === null ? [] : [ratioRow(route, name, ratios)])),
    ),
  );

function ratioRow(
  route: string,
  name: ProxyName,
  { cpu, throughput }: NonNullable<ProxyFigures['ratios']>,
): readonly string[] {
  const bar = BARS[name];
  return [
    route,
    NAMES[name],
    cpu?.median.toFixed(2) ?? '',
    cpu ? range(cpu) : '',
    bar === undefined ? '' : `≥ ${bar}`,
    bar === undefined || cpu === null ? '' : cpu.median >= bar ? 'met' : 'MISSED',
    throughput.median.toFixed(2),
    range(throughput),
  ];
}

const formatCosts = (routes: readonly GatewayRouteFigures[]): string =>
  formatTable(
    ['route', 'by', 'per s', 'middle half', 'p50 ms', 'p99 ms', 'CPU', 'client CPU', 'errors'],
    routes.flatMap(({ route, proxies }) =>
      proxies.map(({ name, throughput, p50, p99, cpuMs, clientCpuMs, errors }) => [
        route,
        NAMES[name],
        throughput.median.toFixed(0),
        range(throughput, 0),
        p50.toFixed(2),
        p99.toFixed(1),
        // Without a proxy it is the backend's own.
        name === 'direct' ? '' : micros(cpuMs),
        micros(clientCpuMs),
        String(errors),
      ]),
    ),
  );

const micros = (ms: number) => (Number.isNaN(ms) ? '–' : (ms * 1_000).toFixed(0));
const range = ({ low, high }: Summary, digits = 2) => `${low.toFixed(digits)} – ${high.toFixed(digits)}`;

/** Answers that were not as expected: figures with errors are not figures. */
export const countGatewayErrors = ({ routes }: GatewayReport): number =>
  routes.flatMap(({ proxies }) => proxies).reduce((sum, { errors }) => sum + errors, 0);
