// Positions: a call that must not be shown less than its caller has seen is refused where the database is behind that, and
// one that asks for it is told how far the database is.
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopError } from '../../errors.ts';
import type { Positions } from '../../position.ts';
import type { ServerInterceptor } from '../interceptor.ts';

export const READ_AFTER = 'x-read-after';
export const WANT_POSITION = 'x-want-position';
export const POSITION = 'x-position';

/** An answer is worth more than its position: it is not kept for longer. */
const DEADLINE_MS = 250;

/** Innermost: a position is asked about right before the work, and taken right after it. @param schema of the tables. */
export function serverPositions(positions: Positions, schema: string): ServerInterceptor {
  return async ({ metadata, context }, next) => {
    for (const wanted of metadata.get(READ_AFTER))
      if (!(await positions.hasReached(schema, String(wanted)))) throw behind();
    try {
      await next();
    } finally {
      // Also of a failure: that there is no such product is something that was read.
      if (metadata.get(WANT_POSITION).includes('1')) {
        const told = positions.now(schema).catch(() => undefined);
        const position = await Promise.race([told, sleep(DEADLINE_MS, undefined, { ref: false })]);
        if (position !== undefined) context.trailers.set(POSITION, position);
      }
    }
  };
}

const behind = () =>
  new ShopError(
    'conflict',
    'behind',
    'This replica does not have everything yet that the caller has seen: read it at the owner.',
  );
