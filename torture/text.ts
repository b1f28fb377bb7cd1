// A run's report as a person reads it.
import type { Report, Spread } from './report.ts';

export function formatReport(report: Report): string {
  const { writes, switches, gapsMs, shop, faults, invariants, findings } = report;
  const kinds = Object.entries(writes.byKind).map(([kind, count]) => `${count} ${kind}`);
  return [
    `seed ${report.seed}, ${report.seconds} s`,
    '',
    `writes      ${writes.acknowledged} acknowledged (calls: ${kinds.join(', ')})`,
    `            ${writes.ok} at the first try, ${writes.delayed} delayed, ${writes.failed} failed, ${writes.unknown} unknown (${writes.unknownDone} of these were done)`,
    `switches    ${switchesText(switches)}`,
    `gap         ${gapsText(gapsMs)}`,
    ...(shop === undefined ? [] : shopLines(shop)),
    `faults      ${Object.entries(faults)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}`,
    '',
    ...invariants.map(
      ({ invariant, checked, violations }) =>
        `${violations === 0 ? 'holds   ' : 'VIOLATED'}  ${invariant} (${violations === 0 ? '' : `${violations} of `}${checked} checked)`,
    ),
    ...findings.flatMap(({ text, trace }) => ['', text, ...trace.map((line) => `  ${line}`)]),
  ].join('\n');
}

const switchesText = ({ moved, planned, refused }: Report['switches']): string =>
  `${moved}, of these ${planned} without a fault; ${refused} more were refused or aborted`;

const gapsText = ({ planned, underFaults }: Report['gapsMs']): string =>
  `planned ${spreadText(planned)}; under faults ${spreadText(underFaults)}`;

function shopLines({ calls, switches, gapsMs }: NonNullable<Report['shop']>): readonly string[] {
  const kinds = Object.entries(calls.byKind).map(([kind, count]) => `${count} ${kind}`);
  return [
    `shop        ${calls.acknowledged} acknowledged (calls: ${kinds.join(', ')}; ${calls.outrun} prices were outrun)`,
    `            ${calls.ok} at the first try, ${calls.delayed} delayed, ${calls.failed} failed, ${calls.unknown} unknown`,
    `  switches  ${switchesText(switches)}`,
    `  gap       ${gapsText(gapsMs)}`,
  ];
}

const spreadText = (spread: Spread | null): string =>
  spread === null
    ? 'none'
    : `p50 ${spread.p50.toFixed(0)} ms, p99 ${spread.p99.toFixed(0)} ms, max ${spread.max.toFixed(0)} ms (${spread.count})`;
