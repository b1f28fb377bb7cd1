// The books of a shop compared with each other: orders, payments, the provider's ledger, and the stock, to the unit.
import { STOCK } from '../seed/product-tables.ts';
import { INITIAL_STOCK } from './monolith-process.ts';
import type { Ground } from './ground.ts';

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly total: number;
  readonly payment: string;
}

interface LedgerEntry {
  readonly type: 'charge' | 'decline' | 'refund' | 'void';
  readonly key: string;
  readonly amount?: number;
}

/** What may stand in the ledger for an order at rest, and what its payment then says. */
const AGREED: Readonly<Record<string, readonly string[]>> = {
  confirmed: ['captured: charge'],
  failed: ['declined: decline'],
  cancelled: ['refunded: charge refund', 'voided: void', 'voided: decline'],
};

/** @returns every disagreement, in words; none is what a test wants to see. */
export async function audit(ground: Ground): Promise<string[]> {
  return [...(await auditOrders(ground)), ...(await stock(ground))];
}

/** The part that holds for any shop, wherever its stock came from. */
export async function auditOrders({
  sql,
  providerUrl,
}: Pick<Ground, 'sql' | 'providerUrl'>): Promise<string[]> {
  const orders = await sql<OrderRow>(
    `SELECT o.id, o.status::text, o.step::text, o.total_amount::float8 AS total, p.status::text AS payment
     FROM orders o LEFT JOIN payments p ON p.order_id = o.id ORDER BY o.id`,
  );
  const { entries } = (await (await fetch(`${providerUrl}/ledger`)).json()) as { entries: LedgerEntry[] };
  return [
    ...orders.flatMap((order) => disagreements(order, entries)),
    ...strangers(orders, entries),
    ...(await leftReserved({ sql })),
  ];
}

function disagreements(
  { id, status, step, total, payment }: OrderRow,
  entries: readonly LedgerEntry[],
): string[] {
  if (step !== 'done') return [`the order ${id} is not at rest: ${status}, ${step}`];
  const own = entries.filter(({ key }) => key === id);
  const books = `${payment}: ${own.map(({ type }) => type).join(' ')}`;
  const amounts = own.filter(({ amount = total }) => amount !== total);
  return [
    ...(AGREED[status]?.includes(books)
      ? []
      : [`the order ${id} is ${status}, but its payment and the ledger say ${books}`]),
    ...amounts.map(({ type, amount }) => `the order ${id} costs ${total}, but a ${type} was of ${amount}`),
  ];
}

function strangers(orders: readonly OrderRow[], entries: readonly LedgerEntry[]): string[] {
  const known = new Set(orders.map(({ id }) => id));
  return entries
    .filter(({ key }) => !known.has(key))
    .map(({ type, key }) => `a ${type} of ${key} has no order`);
}

/** Called when every order is at rest. */
async function leftReserved({ sql }: Pick<Ground, 'sql'>): Promise<string[]> {
  const rows = await sql<{ id: string; reserved: number }>(
    `SELECT ${STOCK.productId} AS id, reserved FROM ${STOCK.table} WHERE reserved <> 0`,
  );
  return rows.map(({ id, reserved }) => `of the product ${id} there are ${reserved} reserved for nobody`);
}

async function stock({ sql }: Pick<Ground, 'sql'>): Promise<string[]> {
  const rows = await sql<{ id: string; on_hand: number; sold: number }>(
    `SELECT s.${STOCK.productId} AS id, s.on_hand,
            coalesce(sum(i.quantity) FILTER (WHERE o.status = 'confirmed'), 0)::int AS sold
     FROM ${STOCK.table} s LEFT JOIN order_items i ON i.product_id = s.${STOCK.productId}
     LEFT JOIN orders o ON o.id = i.order_id
     GROUP BY s.${STOCK.productId}`,
  );
  return rows
    .filter(({ on_hand, sold }) => on_hand + sold !== INITIAL_STOCK)
    .map(
      (row) => `of the product ${row.id} there are ${row.on_hand}, and ${row.sold} sold of ${INITIAL_STOCK}`,
    );
}
