// The payment provider's ledger: what it says was charged is what was charged, whatever the shop believes.
import { paymentProviderUrl } from './target.ts';

export interface Entry {
  readonly type: 'charge' | 'decline' | 'refund' | 'void';
  readonly key: string;
  /** Minor units; a void has none. */
  readonly amount?: number;
}

/** Everything that happened to charges of this amount, in order. How the shop chooses its keys is its own affair. */
export async function ledgerOf(amount: number): Promise<readonly Entry['type'][]> {
  const answer = await fetch(new URL('/ledger', paymentProviderUrl()));
  const { entries } = (await answer.json()) as { entries: readonly Entry[] };
  return entries.filter((entry) => entry.amount === amount).map(({ type }) => type);
}
