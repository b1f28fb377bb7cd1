// switch mismatches: where the two sides answered differently although the service was not late; the newest last.
import { withSwitch } from './client.ts';
import type { Mismatch } from './evidence-store.ts';
import { mismatchFromWire } from './messages.ts';
import { findCapability } from './find-replicas.ts';
import type { Output } from './replicate.ts';

export async function runMismatches(
  capability: string,
  limit: number,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  findCapability(capability);
  const answer = await withSwitch((client) =>
    client.listMismatches({ capability, pageSize: limit, pageToken: '' }),
  );
  const mismatches = answer.mismatches.map(mismatchFromWire).reverse();
  if (json) return print(JSON.stringify({ capability, mismatches }));
  if (mismatches.length === 0) return print(`no mismatch of ${capability} is known`);
  if (answer.nextPageToken !== '') print(`… the last ${mismatches.length} mismatches, of more (--limit)`);
  for (const mismatch of mismatches) print(formatMismatch(mismatch));
}

function formatMismatch({ at, request, kind, differences, position }: Mismatch): string {
  return [
    `${at.toISOString()} ${request.method} ${request.path}: ${kind}${position === '' ? '' : ` at ${position}`}`,
    ...differences.map(
      (difference) =>
        `  ${difference.at || '/'}: monolith ${difference.monolith ?? 'nothing'}, service ${difference.service ?? 'nothing'}`,
    ),
  ].join('\n');
}
