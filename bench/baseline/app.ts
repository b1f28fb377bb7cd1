// The measured routes as one careful person would write them: what every request needs, plain checks, plain SQL.
import express, { type Express } from 'express';
import helmet from 'helmet';
import { jwtVerify } from 'jose';
import type { Pool } from 'pg';
import { createHttpMetrics } from '#platform/http/metrics.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import { requestLog } from '#platform/http/request-log.ts';
import type { Logger } from '#platform/logger.ts';
import { z } from 'zod';
import { createCheckout, type CheckoutRequest } from './checkout.ts';
import { createProducts } from './products.ts';

export interface AppDependencies {
  readonly pool: Pool;
  readonly log: Logger;
  readonly providerUrl: string;
  readonly jwtSecret: string;
  /** Without the request log, the metrics and the security headers. */
  readonly bare: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PAGE_SIZE = 24;
const position = z.object({ key: z.int(), id: z.uuid() });

export function buildApp({ pool, log, providerUrl, jwtSecret, bare }: AppDependencies): Express {
  const products = createProducts(pool);
  const checkout = createCheckout(pool, providerUrl);
  const metrics = createHttpMetrics('baseline');
  const key = new TextEncoder().encode(jwtSecret);
  const app = express();
  app.disable('etag').disable('x-powered-by');

  if (!bare) {
    app.use((_request, response, next) => {
      response.set('x-served-by', 'baseline');
      next();
    });
    app.use(requestLog(log));
    app.use(metrics.measure);
    app.use(
      helmet({
        strictTransportSecurity: false,
        contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
      }),
    );
  }
  app.get('/metrics', metrics.expose);

  app.get('/products/:id', async (request, response) => {
    response.locals['route'] = '/products/:id';
    const { id } = request.params;
    const found = UUID.test(id) ? await products.find(id) : undefined;
    if (found === undefined) return void response.sendStatus(404);
    response.set('ETag', `"${found.version}"`).json(found.product);
  });

  app.get('/products', async (request, response) => {
    response.locals['route'] = '/products';
    const { q, pageToken } = request.query;
    const words = typeof q === 'string' ? q.trim() : undefined;
    const question = [words ?? null, null, null, null, words === undefined ? 'newest' : 'relevance'];
    const after =
      typeof pageToken === 'string' ? decodePageToken(pageToken, question, position).id : undefined;
    const rows =
      words === undefined
        ? await products.newest(PAGE_SIZE + 1, after)
        : await products.search(words, PAGE_SIZE + 1);
    const page = rows.slice(0, PAGE_SIZE);
    const last = rows.length > PAGE_SIZE ? page.at(-1) : undefined;
    response.json({
      products: page.map(({ product }) => product),
      nextPageToken: last && encodePageToken(question, { key: last.tier, id: last.product.id }),
    });
  });

  app.post('/orders', express.json({ limit: '64kb' }), async (request, response) => {
    response.locals['route'] = '/orders';
    const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'shop' });
    const idempotencyKey = String(request.headers['idempotency-key'] ?? '');
    const { paymentToken, shippingAddress } = (request.body ?? {}) as Partial<CheckoutRequest>;
    if (idempotencyKey === '' || typeof paymentToken !== 'string' || typeof shippingAddress !== 'object')
      return void response.sendStatus(400);
    const order = await checkout(payload.sub ?? '', idempotencyKey, { paymentToken, shippingAddress });
    if (order === undefined) return void response.sendStatus(409);
    response.set('Cache-Control', 'no-store').status(201).json(order);
  });

  return app;
}
