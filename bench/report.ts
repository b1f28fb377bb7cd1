// The figures as Markdown tables, aligned for a terminal, to be pasted into docs/benchmarks.md as they stand.
import type { BenchReport } from './bench-monolith.ts';
import type { Summary } from './arithmetic.ts';
import type { GrowthFigures } from './growth-figures.ts';
import { SHAPES, type ProcessFigures } from './process-figures.ts';
import type { RouteFigures, SubjectFigures } from './route-figures.ts';
import type { Machine } from './machine.ts';
import { SUBJECTS } from './subjects.ts';

export function formatReport({ machine, loadAfter, routes, processes, growth }: BenchReport): string {
  return [
    formatMachine(machine, loadAfter),
    ...(routes.length === 0 ? [] : [formatRatios(routes), formatSubjects(routes)]),
    ...(processes === null ? [] : [formatProcesses(processes)]),
    ...(growth === null ? [] : [formatGrowth(growth)]),
  ].join('\n\n');
}

export const formatMachine = (machine: Machine, loadAfter: number): string =>
  [
    `${machine.date} UTC, commit ${machine.commit || 'unknown'};`,
    `${machine.cores} cores of ${machine.cpu}, ${machine.memory} GiB, ${machine.system};`,
    [
      `Node ${machine.node}`,
      ...(machine.postgres === null ? [] : [`PostgreSQL ${machine.postgres}`, `Prisma ${machine.prisma}`]),
      `Express ${machine.express};`,
    ].join(', '),
    `load average ${machine.load} before, ${loadAfter} after (its own work included).`,
  ].join('\n');

const formatRatios = (routes: readonly RouteFigures[]): string =>
  formatTable(
    ['of the baseline', 'throughput', 'middle half', 'bar', 'was', 'of bare', 'CPU', 'middle half'],
    routes.map(({ route, ratio, ratioToBare, cpuRatio, bar }) => [
      route,
      ratio.median.toFixed(2),
      range(ratio),
      `≥ ${bar}`,
      ratio.median >= bar ? 'met' : 'MISSED',
      ratioToBare.median.toFixed(2),
      `× ${cpuRatio.median.toFixed(2)}`,
      range(cpuRatio),
    ]),
  );

const COST = ['p50 ms', 'p99 ms', 'CPU ms', 'PostgreSQL', 'client', 'errors'];

const formatSubjects = (routes: readonly RouteFigures[]): string =>
  formatTable(
    ['route', 'at', 'per s', 'middle half', ...COST],
    routes.flatMap(({ route, subjects }) =>
      SUBJECTS.map((name) => [route, name, ...cellsOf(subjects[name])]),
    ),
  );

const formatProcesses = ({ shapes, ratios }: ProcessFigures): string =>
  formatTable(
    ['processes', 'of one', 'middle half', 'per s', 'middle half', ...COST],
    SHAPES.map((shape) => {
      const ratio = shape === 'one' ? undefined : ratios[shape];
      return [shape, ratio?.median.toFixed(2) ?? '1', ratio ? range(ratio) : '', ...cellsOf(shapes[shape])];
    }),
  );

function cellsOf(figures: SubjectFigures): readonly string[] {
  const { throughput, errors, p50, p99, cpuMs, databaseCpuMs, clientCpuMs } = figures;
  return [
    throughput.median.toFixed(0),
    range(throughput, 0),
    p50.toFixed(2),
    p99.toFixed(1),
    Number.isNaN(cpuMs) ? '–' : cpuMs.toFixed(3),
    databaseCpuMs?.toFixed(3) ?? '–',
    clientCpuMs.toFixed(3),
    String(errors),
  ];
}

const formatGrowth = ({ products, largeProducts, seedSeconds, routes }: GrowthFigures): string =>
  [
    formatTable(
      [`p50 ms of`, `${products}`, `${largeProducts}`, 'ratio', 'middle half', 'bar', 'was', 'errors'],
      routes.map(({ route, small, large, ratio, bar, errors }) => [
        route,
        small.median.toFixed(2),
        large.median.toFixed(2),
        ratio.median.toFixed(2),
        range(ratio),
        `≤ ${bar}`,
        ratio.median <= bar ? 'met' : 'MISSED',
        String(errors),
      ]),
    ),
    `${largeProducts} products were seeded in ${seedSeconds.toFixed(0)} s.`,
  ].join('\n\n');

const range = ({ low, high }: Summary, digits = 2) => `${low.toFixed(digits)} – ${high.toFixed(digits)}`;

/** Columns as wide as they have to be, the numbers on the right, as Prettier lays them out. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = head.map(
    (_, column) => column > 0 && rows.every((row) => /^\W*[\d.]*$/.test(row[column] ?? '')),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const pad = (cell: string, column: number) =>
    isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const rule = widths.map((width, column) =>
    isNumber[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [head.map(pad), rule, ...rows.map((row) => row.map(pad))].map(line).join('\n');
}

/** Answers that were not as expected, in all parts: figures with errors are not figures. */
export function countErrors({ routes, processes, growth }: BenchReport): number {
  const subjects = [
    ...routes.flatMap((route) => Object.values(route.subjects)),
    ...(processes === null ? [] : Object.values(processes.shapes)),
    ...(growth === null ? [] : growth.routes),
  ];
  return subjects.reduce((sum, { errors }) => sum + errors, 0);
}
