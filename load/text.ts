// A run in words: the line that is written over and over while it lasts, and the table at its end.
import type { Latency } from './histogram.ts';
import type { LoadProgress } from './progress.ts';
import type { LoadReport } from './report.ts';

export function formatProgress(progress: LoadProgress): string {
  if (progress.phase === 'preparing') return `signing up customers ${progress.done}/${progress.total}`;
  const { phase, elapsed, total, rate, p50, p99, inFlight } = progress;
  const errors = progress.unexpected + progress.stale + progress.backwards;
  const time = `${Math.round(elapsed)}${Number.isFinite(total) ? `/${total}` : ''} s`;
  const latency = `p50 ${milliseconds(p50)} p99 ${milliseconds(p99)} ms`;
  return `${phase} ${time} · ${Math.round(rate)}/s · ${latency} · ${inFlight} in flight · ${errors} errors`;
}

export function formatReport(report: LoadReport): string {
  const { requests, rate, latencyMs, actions, servedBy, checkouts, lagMs } = report;
  const sides = Object.entries(servedBy);
  const rows = [
    ['', 'requests', 'per s', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'max ms'],
    ...Object.entries(actions).map(([step, { latencyMs: latency, ...of }]) => [
      step,
      String(of.requests),
      of.rate.toFixed(1),
      ...latencies(latency),
    ]),
    ['all', String(requests), rate.toFixed(1), ...latencies(latencyMs)],
    ...sides.map(([side, of]) => [`by ${side}`, String(of.requests), '', ...latencies(of.latencyMs)]),
  ];
  const { confirmed, pending, declined, cartEmpty } = checkouts;
  const beaten = cartEmpty > 0 ? `, ${cartEmpty} where another of the same customer came first` : '';
  return [
    align(rows),
    '',
    `checkouts: ${confirmed} confirmed, ${pending} pending, ${declined} declined${beaten}`,
    `writes read back: ${report.readBack}; stale reads: ${report.stale}`,
    ...formatReads(report),
    `this generator: ${report.arrivals} actions in ${report.seconds} s, ${report.late} late, ${report.dropped} dropped, p99 of its lag ${milliseconds(lagMs.p99)} ms`,
    ...formatProblems(report),
  ].join('\n');
}

function formatReads({ reads }: LoadReport): string[] {
  const { pairs, pairsByService, stale, seenAgain, seenAgainByService, backwards } = reads;
  return [
    `products read by who had written them: ${pairs}, ${pairsByService} of them from a service; stale ${stale}/${pairs}`,
    `products read by who had seen them before: ${seenAgain}, ${seenAgainByService} of them from a service; backwards ${backwards}/${seenAgain}`,
  ];
}

function formatProblems({ unexpectedBy, examples }: LoadReport): string[] {
  const counted = Object.entries(unexpectedBy).map(([name, count]) => `unexpected: ${count} × ${name}`);
  const shown = [...examples.unexpected, ...examples.stale, ...examples.backwards].map(
    ({ request, what, servedBy, requestId }) =>
      `  ${request} → ${what} (by ${servedBy}, x-request-id ${requestId})`,
  );
  return [...counted, ...shown];
}

const latencies = ({ p50, p90, p99, p999, max }: Latency) => [p50, p90, p99, p999, max].map(milliseconds);

const milliseconds = (value: number | null) => (value === null ? '–' : value.toFixed(1));

/** The first column to the left, numbers to the right. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}
