// What is left to do for an order after its first transaction: to take its money, or to give it back.
//
// Each step asks the provider outside of any transaction, and then brings the order to rest in one. Both may be done
// twice, by a request and by the settlement worker at the same time: the provider knows the key, and an order leaves
// a step only once.
import { failpoint } from '#platform/failpoints.ts';
import type { OrdersDependencies, Payment } from './orders.ts';
import type { OrderWork } from './repository.ts';

export function createSteps({ database, repository, carts, inventory, payments }: OrdersDependencies) {
  async function charge(payment: Payment): Promise<void> {
    const id = payment.orderId;
    const outcome = await payments.charge(payment);
    await failpoint('charge.answered');
    if (outcome === 'unknown') return;
    const status = outcome === 'captured' ? 'confirmed' : 'failed';
    await database.inTransaction(async () => {
      const order = await repository.finish(id, { step: 'charge', status });
      // Somebody cancelled it meanwhile: the reversal, which knows the same key, has the last word.
      if (order === undefined) return;
      await payments.record(id, outcome);
      if (outcome !== 'captured') await carts.putBack(order.customerId, order.items);
      await (outcome === 'captured' ? inventory.ship(order.items) : inventory.release(order.items));
      await failpoint('charge.recorded');
    });
  }

  async function reverse(id: string): Promise<void> {
    const outcome = await payments.reverse(id);
    await failpoint('reverse.answered');
    if (outcome === 'unknown') return;
    await database.inTransaction(async () => {
      const order = await repository.finish(id, { step: 'reverse', status: 'cancelled' });
      if (order === undefined) return;
      await payments.record(id, outcome);
      await failpoint('reverse.recorded');
    });
  }

  return {
    /**
     * Does the step once. An unknown outcome leaves the order as it is, for the next attempt.
     * @param opened the order's payment, where the caller has just opened it.
     */
    async advance({ id, step }: OrderWork, opened?: Payment): Promise<void> {
      if (step === 'charge') await charge(opened ?? (await payments.get(id)));
      else await reverse(id);
    },
  };
}
