// What is asked through every proxy, and what stands behind it answers: sizes and headers as the monolith's.
import type { LoopRequest } from '../client/closed-loop.ts';

export const ROUTES = ['read of 1 KB', 'read of 10 KB', 'write of 1 KB'] as const;
export type RouteName = (typeof ROUTES)[number];

const ID = '01933b6e-5a00-7000-8000-00000000000a';

const product = (index: number) => ({
  id: ID,
  sku: `KTL-${String(index).padStart(5, '0')}`,
  name: `Iron kettle ${index}`,
  description: 'Boils water, and tells when. For the stove, and for the fire in the garden. '.repeat(10),
  category: 'coffee-and-tea',
  price: { amount: 2_590, currency: 'EUR' },
});

const list = (count: number) =>
  JSON.stringify({ products: Array.from({ length: count }, (_, index) => product(index)) });

const json = { 'content-type': 'application/json' };

/** Paths of the shop's contract: the gateway classifies them as it does in the shop. */
export const REQUESTS: Readonly<Record<RouteName, LoopRequest>> = {
  'read of 1 KB': { method: 'GET', path: `/products/${ID}` },
  'read of 10 KB': { method: 'GET', path: '/products?category=coffee-and-tea&pageSize=10' },
  // Under the caller's own key, or each proxy would send something else.
  'write of 1 KB': {
    method: 'POST',
    path: '/products',
    headers: { ...json, 'idempotency-key': 'the same' },
    body: JSON.stringify(product(0)),
  },
};

/** By the method, and by whether there is a query. */
export function answerTo(method: string | undefined, url: string | undefined): string {
  if (method === 'POST') return JSON.stringify(product(0));
  return url?.includes('?') ? list(10) : JSON.stringify(product(0));
}

/** As helmet and the rest of the monolith's middleware set them. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'x-served-by': 'monolith',
  'content-security-policy':
    "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'content-type': 'application/json; charset=utf-8',
  etag: '"1"',
};
