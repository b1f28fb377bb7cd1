// switch mismatches: where the two sides answered differently although the service was not late, the newest last; and what
// all comparisons together say.
import { verdict } from '../answers/verdict.ts';
import { withSwitch } from './client.ts';
import type { Mismatch } from './evidence-store.ts';
import { countsFromWire, mismatchFromWire } from './messages.ts';
import { findCapability } from './find-replicas.ts';
import type { Output } from './replicate.ts';

export async function runMismatches(
  capability: string,
  limit: number,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  findCapability(capability);
  const [answer, { capabilities }] = await withSwitch((client) =>
    Promise.all([
      client.listMismatches({ capability, pageSize: limit, pageToken: '' }),
      client.listShadowCounts({}),
    ]),
  );
  const mismatches = answer.mismatches.map(mismatchFromWire).reverse();
  const counts = countsFromWire(capabilities.find((each) => each.capability === capability)?.counts);
  const { verdict: judged, line } = verdict(counts);
  if (json) return print(JSON.stringify({ capability, verdict: judged, counts, mismatches }));
  if (mismatches.length === 0) print(`no mismatch of ${capability} is known`);
  if (answer.nextPageToken !== '') print(`… the last ${mismatches.length} mismatches, of more (--limit)`);
  for (const mismatch of mismatches) print(formatMismatch(mismatch));
  print(line);
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
