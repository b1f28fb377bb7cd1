// The figures of switches as Markdown; --json gives the same as one object.
import type { Machine } from '../machine.ts';
import { formatMachine, formatTable } from '../report.ts';
import type { LevelFigures, PathFigures } from './bench-switch.ts';

export interface SwitchReport {
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly products: number;
  readonly paths: readonly PathFigures[];
}

const TITLES: Readonly<Record<PathFigures['kind'], string>> = {
  database: 'at the database',
  gateway: 'the whole path',
};

/** Milliseconds. */
const BARS: Readonly<Record<PathFigures['kind'], { readonly p50?: number; readonly p99: number }>> = {
  database: { p50: 10, p99: 50 },
  gateway: { p99: 100 },
};

export function formatSwitchReport({ machine, loadAfter, products, paths }: SwitchReport): string {
  const rows = paths.flatMap((path) => path.levels.map((level) => ({ path, level })));
  return [
    formatMachine(machine, loadAfter),
    `${products} products; the gap between the last write at one side and the first at the other, in milliseconds.`,
    formatTable(
      ['writers', 'of capacity', 'writes/s', 'switches', 'p50', 'p99', 'max', 'bar', 'was'],
      rows.map(({ path, level }) => [
        TITLES[path.kind],
        `${level.percent} % of ${path.capacity}`,
        String(level.rate),
        String(level.switches),
        ...[level.gapMs.p50, level.gapMs.p99, level.gapMs.max].map((value) => value.toFixed(1)),
        barOf(path.kind),
        isMet(path.kind, level) ? 'met' : 'MISSED',
      ]),
    ),
    formatTable(
      [
        'writers',
        'of capacity',
        'acknowledged',
        'not begun',
        'failed',
        'lost',
        'duplicated',
        'longest write, ms',
        'held by the switch, p50',
      ],
      rows.map(({ path, level }) => [
        TITLES[path.kind],
        `${level.percent} %`,
        ...[level.acknowledged, level.dropped, level.failed, level.lost, level.duplicated].map(String),
        level.longestMs.toFixed(0),
        level.coordinatorP50Ms.toFixed(1),
      ]),
    ),
  ].join('\n\n');
}

function barOf(kind: PathFigures['kind']): string {
  const { p50, p99 } = BARS[kind];
  return [...(p50 === undefined ? [] : [`p50 ≤ ${p50}`]), `p99 ≤ ${p99}`].join(', ');
}

function isMet(kind: PathFigures['kind'], { gapMs }: LevelFigures): boolean {
  const { p50 = Infinity, p99 } = BARS[kind];
  return gapMs.p50 <= p50 && gapMs.p99 <= p99;
}

/** What no switch may do: with any of it, the figures are none. @returns one line each. */
export const faultsIn = ({ paths }: Pick<SwitchReport, 'paths'>): readonly string[] =>
  paths.flatMap(({ kind, levels }) =>
    levels.flatMap(({ percent, failed, lost, duplicated, failures }) =>
      failed + lost + duplicated === 0
        ? []
        : [
            `${TITLES[kind]} at ${percent} %: ${failed} failed, ${lost} lost, ${duplicated} done twice` +
              Object.entries(failures)
                .slice(0, 3)
                .map(([message, count]) => `; ${count} × ${message}`)
                .join(''),
          ],
    ),
  );
