// The figures of replication as Markdown; --json gives the same as one object.
import type { Summary } from '../arithmetic.ts';
import { formatMachine, formatTable } from '../report.ts';
import type { ReplicationReport } from './bench-replication.ts';

export function formatReplicationReport(report: ReplicationReport): string {
  const { machine, loadAfter, products, copy, writers, lag, backlog } = report;
  return [
    formatMachine(machine, loadAfter),
    formatTable(
      [`first copy of ${products} rows`, 'rows/s', 'middle half', 'of COPY', 'middle half', 'bar', 'was'],
      [
        [
          'replication',
          ...cells(copy.replication),
          ...share(copy.ratio),
          `≥ ${copy.bar}`,
          verdict(copy.ratio.median >= copy.bar),
        ],
        ['COPY through a pipe', ...cells(copy.pipe), '', '', '', ''],
      ],
    ),
    formatTable(
      ['what the writers pay', 'writes/s', 'middle half', 'cost', 'middle half', 'bar', 'was'],
      [
        [
          'replicated',
          ...cells(writers.replicated),
          ...share(writers.cost),
          `≤ ${writers.bar}`,
          verdict(writers.cost.median <= writers.bar),
        ],
        ['alone', ...cells(writers.alone), '', '', '', ''],
      ],
    ),
    formatTable(
      ['streaming', 'p50', 'p99', 'samples'],
      [['lag under these writes, ms', lag.p50.toFixed(1), lag.p99.toFixed(1), String(lag.samples)]],
    ),
    `a backlog of one-row transactions is applied at ${backlog.median.toFixed(0)} a second (${backlog.low.toFixed(0)} – ${backlog.high.toFixed(0)}).`,
  ].join('\n\n');
}

const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
const cells = ({ median, low, high }: Summary) => [
  median.toFixed(0),
  `${low.toFixed(0)} – ${high.toFixed(0)}`,
];
const share = ({ median, low, high }: Summary) => [
  median.toFixed(2),
  `${low.toFixed(2)} – ${high.toFixed(2)}`,
];
