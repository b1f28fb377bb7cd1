// switch audit: who changed which plan or moved what, when, and how; the newest last, as in a log.
import { entryFromWire } from './messages.ts';
import type { Reads } from '../plans/plan.ts';
import { withSwitch } from './client.ts';
import { findCapability } from './find-replicas.ts';
import { formatRight } from '../ownership/status-text.ts';
import type { AuditEntry, Step } from './plan-store.ts';
import type { Output } from './replicate.ts';

export async function runAudit(
  capability: string | undefined,
  limit: number,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  if (capability !== undefined) findCapability(capability);
  const answer = await withSwitch((client) =>
    client.listAuditEntries({ capability, pageSize: limit, pageToken: '' }),
  );
  const entries = answer.entries.map(entryFromWire).reverse();
  if (json) return print(JSON.stringify({ entries }));
  if (entries.length === 0) return print('nothing was ever changed');
  if (answer.nextPageToken !== '') print(`… the last ${entries.length} changes, of more (--limit)`);
  for (const entry of entries) print(formatEntry(entry));
}

/**
 * `2026-11-24T18:00:00.000Z ada reads catalog: service 0 → 25 %, shadow 10 %, version 3`;
 * `2026-11-24T19:00:00.000Z ada writes catalog: drain in 6.1 ms, monolith owns, epoch 1, attempt 1, DRAINING towards the service`.
 */
export function formatEntry(entry: AuditEntry): string {
  const { at, who, verb } = entry;
  const noted = `${at.toISOString()} ${who} ${verb}`;
  if ('step' in entry) return `${noted} ${entry.step.capability}: ${formatStep(entry.step)}`;
  const { before, after } = entry;
  const change = (field: keyof Reads) =>
    before.reads[field] === after.reads[field]
      ? `${after.reads[field]} %`
      : `${before.reads[field]} → ${after.reads[field]} %`;
  return (
    `${noted} ${after.capability}: ` +
    `service ${change('servicePercent')}, shadow ${change('shadowPercent')}, version ${after.version}`
  );
}

/** `drain in 6.1 ms, monolith owns, epoch 1, attempt 1, DRAINING towards the service`. */
export function formatStep({ step, durationMs, after, reason }: Step): string {
  if (reason !== undefined) return `${step}, ${reason}`;
  return `${step} in ${durationMs.toFixed(1)} ms${after === null ? '' : `, ${formatRight(after)}`}`;
}
