// The figures of replication as Markdown; --json gives the same as one object.
import type { Summary } from '../arithmetic.ts';
import { formatMachine, formatTable } from '../report.ts';
import type { ReplicationReport } from './bench-replication.ts';
import { WAYS, type CostFigures } from './costs.ts';
import type { FenceFigures } from './fence.ts';
import { ROLE_NAMES, ROLES, type Cpu, type Role } from './roles.ts';
import type { Kind } from './writers.ts';

const TITLES: Readonly<Record<Kind, string>> = {
  PATCH: "the monolith's own: PATCH",
  UPDATE: 'the worst case: bare UPDATE',
};

export function formatReplicationReport(report: ReplicationReport): string {
  const { machine, loadAfter, products, copy, writers, lag, backlog, fence } = report;
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
      ['what writers pay', '', 'writes/s', 'middle half', 'p50 ms', 'cost', 'middle half', 'bar', 'was'],
      writers.flatMap(formatCost),
    ),
    ...writers.flatMap(formatCpu),
    formatTable(
      ['streaming', 'p50', 'p99', 'samples'],
      [['lag under bare UPDATEs, ms', lag.p50.toFixed(1), lag.p99.toFixed(1), String(lag.samples)]],
    ),
    `a backlog of one-row transactions is applied at ${backlog.median.toFixed(0)} a second (${backlog.low.toFixed(0)} – ${backlog.high.toFixed(0)}).`,
    fence.map(formatFence).join('\n'),
  ].join('\n\n');
}

const formatCost = ({ kind, cost, bar, ...ways }: CostFigures) =>
  WAYS.map((way) => [
    TITLES[kind],
    way,
    ...cells(ways[way].throughput),
    ways[way].p50.toFixed(2),
    ...(way === 'alone'
      ? ['', '', '', '']
      : [
          ...share(cost),
          bar === null ? 'none' : `≤ ${bar}`,
          bar === null ? '' : verdict(cost.median <= bar),
        ]),
  ]);

/** Nothing where the system does not tell. */
function formatCpu({ kind, ...ways }: CostFigures): readonly string[] {
  const [alone, replicated] = [ways.alone.cpu, ways.replicated.cpu];
  if (alone === null || replicated === null) return [];
  const row = (what: string, home: string, roles: readonly Role[]) => {
    const [before, after] = [total(alone, roles), total(replicated, roles)];
    return [what, home, ...[before, after, after - before].map(micros)];
  };
  const [stays, goes] = [rolesAt('monolith'), rolesAt('service')];
  const ours = [...stays, ...goes, ...rolesAt('both')];
  const share = (roles: readonly Role[]) =>
    ((total(replicated, roles) - total(alone, roles)) / total(alone, ours)).toFixed(2);
  return [
    formatTable(
      [`CPU of one ${kind}, µs`, 'whose', 'alone', 'replicated', 'more'],
      [
        ...ROLE_NAMES.map((role) => row(ROLES[role].title, ROLES[role].home, [role])),
        row('in all but the writers', '', ours),
        row('of it at the monolith', '', stays),
        row('of it at the service', '', goes),
      ],
    ),
    `to the CPU time of one ${kind} alone, replication adds ${share(stays)} of it at the monolith, and ${share(goes)} at the service, ` +
      'which would go with it to a machine of its own.',
  ];
}

function formatFence({ kind, bare, fenced, cost, bar }: FenceFigures): string {
  const [share, min, max] = [cost.median, cost.min, cost.max].map((value) => (100 * value).toFixed(1));
  return (
    `- bare ${kind}: the fence costs ${share} % (${min} – ${max}) of ${bare.throughput.toFixed(0)} writes/s, ` +
    `${fenced.throughput.toFixed(0)} remain; the bar, ≤ ${100 * bar} %, was ${verdict(cost.median <= bar)}.`
  );
}

const rolesAt = (home: string) => ROLE_NAMES.filter((role) => ROLES[role].home === home);
const total = (cpu: Cpu, roles: readonly Role[]) => roles.reduce((sum, role) => sum + cpu[role], 0);
/** Not -0. */
const micros = (value: number) => String(Math.round(value) + 0);
const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
const cells = ({ median, low, high }: Summary) => [
  median.toFixed(0),
  `${low.toFixed(0)} – ${high.toFixed(0)}`,
];
const share = ({ median, low, high }: Summary) => [
  median.toFixed(2),
  `${low.toFixed(2)} – ${high.toFixed(2)}`,
];
