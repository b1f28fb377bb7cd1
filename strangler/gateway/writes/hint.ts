// Who owns what a capability writes, as far as this process has heard. Nothing depends on its being right: a write that is
// sent to the wrong side is refused there, and the refusal says more.
import type { KnownOwner } from '#platform/held-writes.ts';

export type Side = 'monolith' | 'service';

export interface Owner {
  readonly owner: Side;
  /** Undefined as long as nobody has told. */
  readonly epoch: number | undefined;
}

export interface Hint {
  readonly current: () => Owner;
  /** What is of an earlier epoch than what is known is no news. */
  learn(known: KnownOwner): void;
  /** For what was done, which is proof: epochs begin anew where the replication does. */
  prove(owner: Owner): void;
}

/** The monolith's, since whoever asks it is never wrong. */
export function createHint(): Hint {
  let known: Owner = { owner: 'monolith', epoch: undefined };
  return {
    current: () => known,
    learn({ owner, epoch }) {
      if (isSide(owner) && epoch !== undefined && epoch > (known.epoch ?? 0)) known = { owner, epoch };
    },
    prove(owner) {
      known = owner;
    },
  };
}

/** @param text of `x-owner`: `catalog=service:2`, several joined by commas. @returns nothing of what has not that form. */
export function ownerIn(text: string, capability: string): Owner | undefined {
  for (const part of text.split(',')) {
    const [, name, owner, epoch] = /^\s*([a-z]+)=([a-z]+):(\d{1,15})\s*$/.exec(part) ?? [];
    if (name === capability && isSide(owner)) return { owner, epoch: Number(epoch) };
  }
  return undefined;
}

const isSide = (name: string | undefined): name is Side => name === 'monolith' || name === 'service';
