// Epochs: a write that is meant for the owner of one epoch is undone by an owner of another. The tables' own fence refuses
// what is not owned; this refuses what was meant for another time, of a caller that has slept meanwhile.
import { ShopError } from '#platform/errors.ts';
import type { ReadOwnership } from '#platform/ownership.ts';
import type { RequireEpoch } from './keyed-writes.ts';

const EPOCH = 'x-epoch';

/** Called inside the write's transaction, which has passed the fence by then: what is read stays true until it ends. */
export function createEpochs(readOwnership: ReadOwnership): RequireEpoch {
  return async ({ metadata }) => {
    const meant = metadata.get(EPOCH).map(String);
    if (meant.length === 0) return;
    const ownership = await readOwnership();
    if (meant.every((epoch) => epoch === String(ownership?.epoch))) return;
    const message = 'Ownership has moved since: the write has to be sent to whoever owns the data now.';
    throw new ShopError('conflict', 'not_the_owner', message, { extra: { ...ownership } });
  };
}
