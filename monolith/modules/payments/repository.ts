// The payments' table. The only file of the module that knows Prisma.
import type { MonolithDatabase } from '../../database.ts';
import type { Payment, PaymentStatus } from './payments.ts';

export type PaymentsRepository = ReturnType<typeof createPaymentsRepository>;

export function createPaymentsRepository({ current }: MonolithDatabase) {
  return {
    async insert({ orderId, token, amount, currency }: Payment): Promise<void> {
      await current().$executeRaw`
        INSERT INTO payments (order_id, token, amount, currency)
        VALUES (${orderId}::uuid, ${token}, ${amount}::bigint, ${currency})`;
    },

    async get(orderId: string): Promise<Payment> {
      const [payment] = await current().$queryRaw<(Omit<Payment, 'amount'> & { amount: bigint })[]>`
        SELECT order_id AS "orderId", token, amount, currency FROM payments WHERE order_id = ${orderId}::uuid`;
      if (payment === undefined) throw new Error(`the order ${orderId} has no payment`);
      return { ...payment, amount: Number(payment.amount) };
    },

    async statusesOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, PaymentStatus>> {
      const rows = await current().$queryRaw<{ orderId: string; status: PaymentStatus }[]>`
        SELECT order_id AS "orderId", status::text AS status FROM payments
        WHERE order_id = ANY (${orderIds}::uuid[])`;
      return new Map(rows.map(({ orderId, status }) => [orderId, status]));
    },

    async setStatus(orderId: string, status: PaymentStatus): Promise<void> {
      await current().$executeRaw`
        UPDATE payments SET status = ${status}::payment_status, updated_at = now() WHERE order_id = ${orderId}::uuid`;
    },
  };
}
