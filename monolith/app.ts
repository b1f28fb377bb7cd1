// The shop over HTTP: what every request passes through, and every module's routes. Opens no port, so tests use it too.
import express, { type Express } from 'express';
import { translateDatabaseError } from '#platform/database.ts';
import { createHttpMetrics, tellRoute } from '#platform/http/metrics.ts';
import { answerOwners } from '#platform/http/owner.ts'; // from stage-4
import { answerPositions } from '#platform/http/position.ts'; // from stage-3
import { problemHandler, unknownRoute } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import { securityHeaders } from '#platform/http/security-headers.ts';
import { traceRequests } from '#platform/http/tracing.ts';
import type { Logger } from '#platform/logger.ts';
import { describeApi } from './api-description.ts';
import { healthRoutes, type Health } from './health.ts';
import { cartsRoutes } from './modules/carts/routes.ts';
import { catalogRoutes } from './modules/catalog/routes.ts';
import { customersRoutes } from './modules/customers/routes.ts';
import { inventoryRoutes } from './modules/inventory/routes.ts';
import { ordersRoutes } from './modules/orders/routes.ts';
import { pages } from './pages.ts';
import type { Shop } from './shop.ts';

export interface AppDependencies {
  readonly shop: Shop;
  readonly health: Health;
  readonly log: Logger;
  /** How many proxies stand in front and are believed, the nearest first: whom they name is who calls. */
  readonly trustedProxies: number;
}

export function buildApp({ shop, health, log, trustedProxies }: AppDependencies): Express {
  const { authenticate } = shop.customers;
  const metrics = createHttpMetrics('monolith');
  shop.measure(metrics.registry); // from stage-4
  const app = express();
  // ETags are the products' own; hashing every other answer would only cost.
  app.disable('etag');
  app.set('trust proxy', trustedProxies);

  app.use((_request, response, next) => {
    response.set('x-served-by', 'monolith');
    next();
  });
  app.use(requestLog(log));
  app.use(traceRequests);
  app.use(metrics.measure);
  if (trustedProxies > 0) app.use(tellRoute);
  app.use(answerOwners); // from stage-4
  app.use(answerPositions(shop.positions, { catalog: 'catalog' })); // from stage-3
  app.use(securityHeaders);

  app.use(healthRoutes(health));
  app.get('/metrics', metrics.expose);

  app.use(customersRoutes(shop.customers, shop.once.customers));
  app.use(catalogRoutes(shop.catalog, authenticate, shop.once.catalog));
  app.use(inventoryRoutes(shop.inventory, authenticate, shop.once.inventory));
  app.use(cartsRoutes(shop.carts, authenticate, shop.once.carts));
  app.use(ordersRoutes(shop.orders, authenticate));

  // After the routes, since it looks for a file on disk at each request that comes this far.
  app.use(pages(describeApi()));

  app.use(unknownRoute);
  app.use(problemHandler(translateDatabaseError));
  return app;
}
