// The handlers over REST: Express as the monolith wears it (request log, tracing, metrics, security headers, schemas),
// or without some of that.
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { createHttpMetrics } from '#platform/http/metrics.ts';
import { operation, serve } from '#platform/http/operation.ts';
import { problemHandler, unknownRoute } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import { idParams, MAX_PRICE, text } from '#platform/http/schemas.ts';
import { traceRequests } from '#platform/http/tracing.ts';
import type { Logger } from '#platform/logger.ts';
import type { Handlers, Line } from '../handlers.ts';

export interface ExpressOptions {
  readonly handlers: Handlers;
  readonly log: Logger;
  /** Without what every request of the monolith passes through. */
  readonly bare: boolean;
  /** Without the schemas. */
  readonly unvalidated: boolean;
}

export function buildExpressEdge({ handlers, log, bare, unvalidated }: ExpressOptions): Express {
  const app = express();
  app.disable('etag');
  if (bare) app.disable('x-powered-by');
  else wear(app, log);
  if (unvalidated) plainRoutes(app, handlers);
  else validatedRoutes(app, handlers);
  app.use(unknownRoute);
  app.use(problemHandler(() => undefined));
  return app;
}

function wear(app: Express, log: Logger): void {
  const metrics = createHttpMetrics('bench');
  app.use((_request, response, next) => {
    response.set('x-served-by', 'monolith');
    next();
  });
  app.use(requestLog(log));
  app.use(traceRequests);
  app.use(metrics.measure);
  app.use(
    helmet({
      strictTransportSecurity: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
  );
}

const line = z.object({
  productId: z.uuid(),
  name: text(200),
  quantity: z.int().min(1).max(99),
  price: z.int().min(1).max(MAX_PRICE),
});
const count = (most: number) => z.coerce.number().int().min(1).max(most);
const [tag, access] = ['bench', 'anyone'] as const;

const listLines = operation({
  ...{ id: 'listLines', method: 'get', path: '/orders/:id/lines', summary: 'Lines', tag, access },
  params: idParams,
  query: z.object({ count: count(10_000) }),
  success: { status: 200, description: 'Lines', body: z.object({ lines: z.array(line) }) },
});
const placeLines = operation({
  ...{ id: 'placeLines', method: 'post', path: '/orders/:id/lines', summary: 'Lines', tag, access },
  params: idParams,
  body: z.object({ lines: z.array(line).min(1).max(10_000) }),
  success: { status: 200, description: 'Their sum', body: z.object({ total: z.int() }) },
});
const listProducts = operation({
  ...{ id: 'listProducts', method: 'get', path: '/products', summary: 'Products', tag, access },
  query: z.object({ pageSize: count(1_000).optional(), offset: z.coerce.number().int().min(0).optional() }),
  success: { status: 200, description: 'Products', body: z.object({ products: z.array(z.any()) }) },
});

function validatedRoutes(router: Express, handlers: Handlers): void {
  const mount = { router, authenticate: () => Promise.resolve(undefined) };
  serve(mount, listLines, async ({ query }) => ({ body: { lines: [...handlers.listLines(query.count)] } }));
  serve(mount, placeLines, async ({ body }) => ({ body: { total: handlers.placeLines(body.lines) } }));
  serve(mount, listProducts, async ({ query: { pageSize, offset = 0 } }) => ({
    // Without a size of the page: all of them, in one array.
    body: {
      products: [
        ...(pageSize === undefined ? handlers.allProducts() : handlers.listProducts(pageSize, offset)),
      ],
    },
  }));
}

function plainRoutes(app: Express, handlers: Handlers): void {
  app.get(listLines.path, (request: Request, response: Response) => {
    response.locals['route'] = listLines.path;
    response.json({ lines: handlers.listLines(Number(request.query['count'])) });
  });
  app.post(placeLines.path, express.json({ limit: '64kb' }), (request: Request, response: Response) => {
    response.locals['route'] = placeLines.path;
    response.json({ total: handlers.placeLines((request.body as { lines: Line[] }).lines) });
  });
}
