// switch diff: whether both sides have the same rows, row by row, and on request makes them the same.
import { diff, type DiffResult } from '../ownership/diff/diff.ts';
import type { Progress } from '../ownership/diff/pace.ts';
import type { Difference, Values } from '../ownership/diff/rows.ts';
import { savedIn, type TableResult } from '../ownership/diff/saved-diff.ts';
import { otherSide, type Replica } from '../ownership/replica.ts';
import type { Output } from './replicate.ts';

export interface DiffVerbOptions extends Output {
  readonly repair: boolean;
  /** Begin with the first row, whatever an earlier run has compared. */
  readonly restart: boolean;
  readonly chunkRows: number;
  readonly maxLagMs: number;
  /** Where one that is cut short says how far it was. */
  readonly file: string;
}

/** So many are printed; all that are kept are in the object of --json. */
const SHOWN = 20;

/**
 * @returns whether both sides have the same rows by now, and both streams are believed.
 * @throws {SetupError} as `diff` does.
 */
export async function runDiff(replica: Replica, options: DiffVerbOptions): Promise<boolean> {
  const { json, print, redraw, signal, repair, restart, file, chunkRows, maxLagMs } = options;
  const saved = savedIn(file);
  if (restart) await saved.clear();
  const result = await diff(replica, {
    repair,
    chunkRows,
    maxLagMs,
    saved,
    signal,
    onProgress: (progress) => redraw(formatDiffProgress(replica, progress)),
  }).finally(() => redraw(''));
  const { same, lines } = judge(result);
  if (json) print(JSON.stringify({ ...result, same }));
  else for (const line of lines) print(line);
  return same;
}

/** What is left once those that were repaired are taken off. */
function judge(result: DiffResult) {
  const { capability, owner, tables, differences, streams, seconds } = result;
  const found = sum(tables, ({ missing, extra, changed }) => missing + extra + changed);
  const repaired = sum(tables, (table) => table.repaired);
  const unsettled = sum(tables, (table) => table.unsettled);
  const rows = sum(tables, (table) => table.rows);
  const same = found === repaired && unsettled === 0 && streams.length === 0;
  const more = found - Math.min(found, SHOWN, differences.length);
  const words = [
    `${group(found)} ${found === 1 ? 'row differs' : 'rows differ'}`,
    ...(repaired > 0 ? [`${group(repaired)} repaired`] : []),
    ...(unsettled > 0 ? [`${group(unsettled)} written too often to be compared`] : []),
  ];
  const lines = [
    ...differences.slice(0, SHOWN).map((difference) => formatDifference(difference, result)),
    ...(more > 0 ? [`… and ${group(more)} more`] : []),
    ...streams.map((doubt) => `! ${doubt}`),
    `${capability}: the ${owner} owns; ${group(rows)} rows of ${tables.length} tables compared in ${seconds.toFixed(1)} s: ${words.join(', ')}`,
    ...(found > 0 && repaired === 0
      ? [
          `npm run switch -- diff ${capability} --repair makes the ${otherSide(owner)}'s rows as the ${owner} has them`,
        ]
      : []),
  ];
  return { same, lines };
}

/** `products id=…: price is 1 at the monolith, 2 at the service`. */
function formatDifference(difference: Difference, { owner }: Pick<DiffResult, 'owner'>): string {
  const { table, kind, key, columns } = difference;
  const row = `${table} ${formatKey(key)}`;
  const other = otherSide(owner);
  if (kind === 'missing') return `${row}: missing at the ${other}`;
  if (kind === 'extra') return `${row}: at the ${other}, and not at the ${owner}`;
  const changes = columns.map(
    ({ column, monolith, service }) =>
      `${column} is ${shorten(monolith)} at the monolith, ${shorten(service)} at the service`,
  );
  return `${row}: ${changes.join('; ') || 'changed'}`;
}

const formatKey = (key: Values) =>
  Object.entries(key)
    .map(([name, value]) => `${name}=${shorten(value)}`)
    .join(' ');

const LONGEST = 60;
const shorten = (value: string | null) => {
  if (value === null) return 'null';
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
};

/** `catalog products, 40,000 of about 100,000 rows, 2 differ, 8 s left`. */
export function formatDiffProgress({ capability }: Replica, progress: Progress): string {
  const { table, rows, rowsEstimated, etaSeconds, differences, lateMs } = progress;
  return [
    `${capability} ${table}`,
    `${group(rows)} of about ${group(rowsEstimated)} rows`,
    `${group(differences)} ${differences === 1 ? 'differs' : 'differ'}`,
    lateMs === null
      ? `${Math.ceil(etaSeconds)} s left`
      : `waits for the stream, which is ${(lateMs / 1_000).toFixed(1)} s late`,
  ].join(', ');
}

const sum = (tables: readonly TableResult[], count: (table: TableResult) => number) =>
  tables.reduce((total, table) => total + count(table), 0);
const group = (rows: number) => Math.round(rows).toLocaleString('en-US');
