// switch replicate: begins to replicate a capability, and shows how far the first copy is.
import type { CopyProgress } from '../ownership/copy-progress.ts';
import type { Replica } from '../ownership/replica.ts';
import { replicate } from '../ownership/replicate.ts';

export interface Output {
  readonly json: boolean;
  readonly print: (line: string) => void;
  /** Redraws one line of a terminal; does nothing where there is none. */
  readonly redraw: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function runReplicate(replica: Replica, { json, print, redraw, signal }: Output): Promise<void> {
  const result = await replicate(replica, {
    signal,
    onProgress: (progress) => redraw(formatProgress(replica.capability, progress)),
  }).finally(() => redraw(''));
  if (json) return print(JSON.stringify(result));
  const { monolith, service } = result.heartbeatMs;
  print(
    `${result.capability} is replicated: ${result.tables.length} tables, in ${result.seconds.toFixed(1)} s; ` +
      `a heartbeat took ${service.toFixed(0)} ms to the service, ${monolith.toFixed(0)} ms to the monolith`,
  );
  for (const line of result.advice) print(`advice, ${line}`);
}

const WIDTH = 24;

/** `catalog ████████░░░░ 3,120 of 10,000 rows, 4/7 tables, 12 s left`. */
export function formatProgress(capability: string, progress: CopyProgress): string {
  const { rowsCopied, rowsEstimated, etaSeconds, tables, errors } = progress;
  const share = rowsEstimated === 0 ? 0 : Math.min(1, rowsCopied / rowsEstimated);
  const filled = Math.round(share * WIDTH);
  const ready = tables.filter(({ state }) => state === 'ready').length;
  return [
    `${capability} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${group(rowsCopied)} of about ${group(rowsEstimated)} rows`,
    `${ready}/${tables.length} tables`,
    ...(etaSeconds === null ? [] : [`${Math.ceil(etaSeconds)} s left`]),
    ...(errors === 0 ? [] : [`${errors} failures`]),
  ].join(', ');
}

const group = (rows: number) => Math.round(rows).toLocaleString('en-US');
