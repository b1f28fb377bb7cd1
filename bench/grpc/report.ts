// The figures of gRPC beside REST as Markdown; --json gives the same as one object.
import type { Summary } from '../arithmetic.ts';
import { versionOf } from '../machine.ts';
import { formatMachine, formatTable } from '../report.ts';
import type { GrpcReport, SectionFigures } from './bench-grpc.ts';
import type { CellFigures } from './figures.ts';
import type { SpanCount } from './pool.ts';

export const formatGrpcReport = ({ machine, loadAfter, sections, spans }: GrpcReport): string =>
  [
    formatMachine(machine, loadAfter),
    `grpc-js ${versionOf('@grpc/grpc-js')}, undici ${versionOf('undici')}. CPU in microseconds for each call, bytes likewise.`,
    ...sections.map(formatSection),
    ...spans.map(formatSpans),
  ].join('\n\n');

const COST = ['p50 ms', 'p99 ms', 'server CPU', 'client CPU', 'sent', 'received', 'errors'];

const formatSection = ({ title, against, cells }: SectionFigures): string => {
  const asksDatabase = cells.some(({ databaseCpuMs }) => databaseCpuMs !== null);
  return formatTable(
    [title, 'at', 'per s', against, 'middle half', 'CPU', ...COST, ...(asksDatabase ? ['PostgreSQL'] : [])],
    cells.map((cell) => [
      cell.what,
      cell.at,
      perSecond(cell.throughput.median),
      cell.ratio?.median.toFixed(2) ?? '1',
      cell.ratio ? range(cell.ratio) : '',
      cell.cpuRatio ? `× ${cell.cpuRatio.median.toFixed(2)}` : '× 1',
      ...costOf(cell),
      ...(asksDatabase ? [micros(cell.databaseCpuMs ?? NaN)] : []),
    ]),
  );
};

const costOf = ({ p50, p99, cpuMs, clientCpuMs, bytes, errors }: CellFigures): readonly string[] => [
  p50.toFixed(2),
  p99.toFixed(1),
  micros(cpuMs),
  micros(clientCpuMs),
  bytes.sent.toFixed(0),
  bytes.received.toFixed(0),
  String(errors),
];

const formatSpans = ({ pair, calls, arrived }: SpanCount): string =>
  `${pair}: ${(arrived / Math.max(1, calls)).toFixed(2)} spans of each of ${calls} calls reached the collector.`;

const micros = (ms: number) => (Number.isNaN(ms) ? '–' : (ms * 1_000).toFixed(0));
const perSecond = (value: number) => value.toFixed(value < 100 ? 1 : 0);
const range = ({ low, high }: Summary) => `${low.toFixed(2)} – ${high.toFixed(2)}`;

/** Calls that failed: figures with errors are not figures. */
export const countGrpcErrors = ({ sections }: GrpcReport): number =>
  sections.flatMap(({ cells }) => cells).reduce((sum, { errors }) => sum + errors, 0);
