// The orders' payment desk, by the payments in the same process: what it records takes part in the caller's transaction.
import type { Payments } from '../../payments/payments.ts';
import type { PaymentDesk } from '../ports.ts';

export function createLocalPaymentDesk(payments: Payments): PaymentDesk {
  return {
    open: (orderId, paymentToken, total) => payments.open(orderId, paymentToken, total),
    get: (orderId) => payments.get(orderId),
    charge: (payment) => payments.charge(payment),
    reverse: (orderId) => payments.reverse(orderId),
    record: (orderId, status) => payments.record(orderId, status),
    statusesOf: (orderIds) => payments.statusesOf(orderIds),
  };
}
