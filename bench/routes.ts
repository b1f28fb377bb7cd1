// The measured routes: which requests each of them is made of, and how fast it has to be.
import type { Pool } from 'pg';
import type { LoopRequest } from './client/closed-loop.ts';
import type { Words } from './words.ts';

export const ROUTES = ['by-id', 'list', 'list-deep', 'search-common', 'search-rare', 'checkout'] as const;
export type RouteName = (typeof ROUTES)[number];
export type ReadRoute = Exclude<RouteName, 'checkout'>;

/** The least throughput that the monolith is to reach, of the baseline's. */
export const BARS: Readonly<Record<RouteName, number>> = {
  'by-id': 0.5,
  list: 0.6,
  'list-deep': 0.6,
  'search-common': 0.7,
  'search-rare': 0.7,
  checkout: 0.6,
};

export type Reads = Readonly<Record<ReadRoute, readonly LoopRequest[]>>;

const DIFFERENT_IDS = 1_000;
/** How far down the deep page lies; as far as a person with patience clicks. */
const DEEP = 5_000;

/** @param origin of a process that serves the shop: page tokens are its own. */
export async function readRequests(origin: string, pool: Pool, words: Words): Promise<Reads> {
  const get = (path: string): LoopRequest => ({ method: 'GET', path });
  const { rows } = await pool.query<{ id: string }>(
    // Scattered, and the same ones on each run.
    'SELECT id FROM products WHERE archived_at IS NULL ORDER BY md5(id::text) LIMIT $1',
    [DIFFERENT_IDS],
  );
  return {
    'by-id': rows.map(({ id }) => get(`/products/${id}`)),
    list: [get('/products')],
    'list-deep': [get(`/products?pageToken=${await deepToken(origin)}`)],
    'search-common': [get(`/products?q=${words.common}`)],
    'search-rare': [get(`/products?q=${words.rare}`)],
  };
}

/** Half-way down a small shop. */
async function deepToken(origin: string): Promise<string> {
  const tokens: string[] = [];
  let token: string | undefined;
  do {
    const query = token === undefined ? '' : `&pageToken=${token}`;
    const response = await fetch(`${origin}/products?pageSize=100${query}`);
    ({ nextPageToken: token } = (await response.json()) as { nextPageToken?: string });
    if (token !== undefined) tokens.push(token);
  } while (token !== undefined && tokens.length < (2 * DEEP) / 100);
  return tokens[Math.floor(tokens.length / 2)] ?? '';
}
