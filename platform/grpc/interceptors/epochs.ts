// Epochs: a call that is meant for the owner of an epoch is refused by a database that knows of another one. Its own fence
// refuses whatever it does not own; this refuses what was meant for somebody else's time.
import { ShopError } from '../../errors.ts';
import type { ReadOwnership } from '../../ownership.ts';
import type { ServerInterceptor } from '../interceptor.ts';

export const EPOCH = 'x-epoch';

/** Right before the work. A call without an epoch is not asked about it. */
export function serverEpochs(readOwnership: ReadOwnership): ServerInterceptor {
  return async ({ metadata }, next) => {
    const meant = metadata.get(EPOCH).map(String);
    if (meant.length > 0) {
      const ownership = await readOwnership();
      if (meant.some((epoch) => epoch !== String(ownership?.epoch))) throw notThatEpoch({ ...ownership });
    }
    await next();
  };
}

const notThatEpoch = (extra: Readonly<Record<string, unknown>>) =>
  new ShopError('conflict', 'not_the_owner', 'Ownership has moved: the write has to be sent to the owner.', {
    extra,
  });
