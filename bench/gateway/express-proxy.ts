// The proxy that most would write first: Express with http-proxy-middleware, as its documentation shows it, or with
// connections to the monolith that are kept alive.
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { oneOf, readConfig, setting } from '#platform/config.ts';
import { runProxy } from './proxy-process.ts';

const settings = { keepAlive: setting('BENCH_KEEP_ALIVE', oneOf(['yes', 'no'])) };

await runProxy('Express proxy', (monolithUrl) => {
  const app = express();
  app.disable('x-powered-by');
  const agent = readConfig(settings).keepAlive === 'yes' ? new Agent({ keepAlive: true }) : false;
  app.use(createProxyMiddleware({ target: monolithUrl, xfwd: true, agent }));
  return app;
});
