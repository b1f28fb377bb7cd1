// The shapes of what the shop answers, as far as tests read them, and what ids look like.

export interface Money {
  /** Minor units: cents. */
  readonly amount: number;
  readonly currency: string;
}

export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly price: Money;
}

export interface ProductPage {
  readonly products: readonly Product[];
  readonly nextPageToken?: string;
}

export interface Categories {
  readonly categories: readonly { readonly slug: string; readonly name: string }[];
}

export interface Stock {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

export interface Line {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
}

export interface Cart {
  readonly items: readonly Line[];
  readonly total: Money;
}

export interface Order extends Cart {
  readonly id: string;
  readonly status: 'pending' | 'confirmed' | 'cancelled' | 'failed';
  readonly payment: { readonly status: string };
  readonly placedAt: string;
}

export interface OrderPage {
  readonly orders: readonly Order[];
  readonly nextPageToken?: string;
}

export interface CustomerRecord {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface SignedIn {
  readonly token: string;
  readonly customer: CustomerRecord;
}

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly violations?: readonly { readonly pointer: string; readonly message: string }[];
  readonly orderId?: string;
}

export const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Well-formed, and of nothing that exists. */
export const NOBODYS_ID = '01890000-0000-7000-8000-000000000000';
