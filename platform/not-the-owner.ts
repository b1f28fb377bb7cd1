// A write that met a database which does not own what it writes: the tables there are a replica, and refuse it.
import { layersOf } from './database.ts';
import { ShopError } from './errors.ts';

/** Raised by the tables' own triggers; its detail is JSON, and says who owns them. */
const NOT_THE_OWNER = 'SH001';

/**
 * @returns `not_the_owner`, with `owner`, `epoch` and `state` as far as the database knows them; undefined for anything
 * else. The same request succeeds nowhere but at the owner.
 */
export function translateNotTheOwner(error: unknown): ShopError | undefined {
  const refusal = layersOf(error).find(({ originalCode }) => originalCode === NOT_THE_OWNER);
  if (refusal === undefined) return undefined;
  return new ShopError(
    'conflict',
    'not_the_owner',
    'This is a replica: the write has to be sent to whoever owns the data.',
    { extra: ownershipIn(refusal.detail), cause: error },
  );
}

/** Before the first copy nobody is named. */
function ownershipIn(detail = '{}'): Record<string, unknown> {
  const known = Object.entries(JSON.parse(detail) as Record<string, unknown>);
  return Object.fromEntries(known.filter(([, value]) => value !== null));
}
