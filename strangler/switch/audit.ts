// switch audit: who changed which plan, when, and how; the newest last, as in a log.
import { entryFromWire } from './messages.ts';
import type { Reads } from '../plans/plan.ts';
import { withSwitch } from './client.ts';
import { findCapability } from './find-replicas.ts';
import type { AuditEntry } from './plan-store.ts';
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
  if (entries.length === 0) return print('no plan was ever changed');
  if (answer.nextPageToken !== '') print(`… the last ${entries.length} changes, of more (--limit)`);
  for (const entry of entries) print(formatEntry(entry));
}

/** `2026-11-24T18:00:00.000Z ada reads catalog: service 0 → 25 %, shadow 10 %, version 3`. */
export function formatEntry({ at, who, verb, before, after }: AuditEntry): string {
  const change = (field: keyof Reads) =>
    before.reads[field] === after.reads[field]
      ? `${after.reads[field]} %`
      : `${before.reads[field]} → ${after.reads[field]} %`;
  return (
    `${at.toISOString()} ${who} ${verb} ${after.capability}: ` +
    `service ${change('servicePercent')}, shadow ${change('shadowPercent')}, version ${after.version}`
  );
}
