// The history at the payment provider: what the shop says was charged and refunded must stand in its ledger too,
// or a later cancel of such an order would find nothing to give back.
import { CURRENCY } from '#platform/money.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { SeedOrder } from './orders.ts';
import { createProviderClient } from './provider-client.ts';

const CONCURRENCY = 32;

/**
 * Charges every order under its id, and refunds the cancelled ones. All of it may be repeated: the same order under
 * the same key is charged once, however often a seed is begun.
 * @param onCharged called with the number of orders so far.
 * @throws {SetupError} where the provider does not answer, or its ledger says otherwise.
 */
export async function chargeHistory(
  providerUrl: string,
  orders: Iterator<SeedOrder>,
  onCharged: (charged: number) => void = () => undefined,
): Promise<void> {
  const provider = createProviderClient(providerUrl, CONCURRENCY);
  let failed = false;
  let charged = 0;

  async function charge({ id, total, status, payment }: SeedOrder): Promise<void> {
    const body = { token: payment.token, amount: total, currency: CURRENCY };
    const answer = await provider.post('/charges', body, { 'idempotency-key': id });
    // Refunded already: an earlier seed came that far, but not to its end.
    const final =
      status === 'cancelled' && answer === 'captured' ? await provider.post('/refunds', { key: id }) : answer;
    if (final === payment.status) return;
    throw new SetupError(
      `the payment provider knows the order ${id} as ${final}, not ${payment.status}: npm run reset begins afresh`,
    );
  }

  async function work(): Promise<void> {
    for (let next = orders.next(); !next.done && !failed; next = orders.next()) {
      await charge(next.value);
      onCharged((charged += 1));
    }
  }

  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    failed = true;
    provider.close();
  }
}
