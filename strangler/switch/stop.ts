// switch stop: ends a capability's replication, and says what it could not remove.
import type { Replica } from '../ownership/replica.ts';
import { stop, type StopOptions } from '../ownership/stop.ts';
import type { Output } from './replicate.ts';

/** @returns whether nothing is left. */
export async function runStop(
  replica: Replica,
  options: StopOptions,
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<boolean> {
  const result = await stop(replica, options);
  const { capability, removed, left } = result;
  if (json) {
    print(JSON.stringify(result));
    return left.length === 0;
  }
  for (const what of removed) print(`removed ${what}`);
  for (const { side, reason, sql } of left)
    print(
      `left at the ${side}, for ${reason}; if it is gone for good, that is all; else, or by hand there:\n${sql}`,
    );
  if (left.length === 0)
    print(`${capability} is not replicated${removed.length === 0 ? ', and was not before' : ' any more'}`);
  return left.length === 0;
}
