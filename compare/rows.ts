// The table of a comparison, as both the terminal and the page show it: a line for each figure, a column for each shape.
import type { ByRole, Comparison, ShapeFigures, Spread } from './figures.ts';

export interface Row {
  readonly label: string;
  /** One for each shape. */
  readonly cells: readonly string[];
}

const NOT_MEASURED = '–';

export function rowsOf({ shapes, rate, inFlight }: Comparison): readonly Row[] {
  const row = (label: string, cell: (shape: ShapeFigures) => string): Row => ({
    label,
    cells: shapes.map(cell),
  });
  const latency = (label: string, kind: keyof ShapeFigures['latencyMs']) =>
    (['p50', 'p99'] as const).map((percentile) =>
      row(`${percentile} of ${label}, ms`, ({ latencyMs }) => formatSpread(latencyMs[kind][percentile], 1)),
    );
  const byRole = (label: string, pick: (shape: ShapeFigures) => ByRole, digits: number) => [
    row(label, (shape) => formatSpread(pick(shape).total, digits)),
    ...rolesOf(shapes, pick).map((role) =>
      row(`  ${role}`, (shape) => formatSpread(pick(shape).roles[role] ?? null, digits)),
    ),
  ];
  return [
    ...latency(`all requests at ${rate} actions/s`, 'all'),
    ...latency('a product', 'product'),
    ...latency('a list of products', 'list'),
    row(`answers/s, ${inFlight} actions in flight`, ({ throughput }) => formatSpread(throughput, 0)),
    ...byRole('CPU of a request, ms', ({ cpuMs }) => cpuMs, 2),
    ...byRole('memory, MiB', ({ memoryMiB }) => memoryMiB, 0),
    row('processes', ({ processes }) =>
      String(Object.values(processes).reduce((sum, count) => sum + count, 0)),
    ),
    row('start, s', ({ startSeconds }) => formatSpread(startSeconds, 1)),
    row('lines of our own code', ({ linesOfCode }) => String(linesOfCode)),
    row('hops of a catalog read', ({ path }) => `${path.length}: ${path.join(', ')}`),
    row('catalog reads by a service, %', ({ servedByService: share }) =>
      formatSpread(share && { median: 100 * share.median, low: 100 * share.low, high: 100 * share.high }, 1),
    ),
  ];
}

/** In the order of the shapes that have them. */
export const rolesOf = (
  shapes: readonly ShapeFigures[],
  pick: (shape: ShapeFigures) => ByRole,
): readonly string[] => [...new Set(shapes.flatMap((shape) => Object.keys(pick(shape).roles)))];

/** `12.3 (11.9 – 14.0)`; one figure where the rounds do not differ. */
export function formatSpread(spread: Spread, digits: number): string {
  if (spread === null) return NOT_MEASURED;
  const [median, low, high] = [spread.median, spread.low, spread.high].map((value) => value.toFixed(digits));
  return low === high ? `${median}` : `${median} (${low} – ${high})`;
}
