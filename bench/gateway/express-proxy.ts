// The proxy that most would write first: Express with http-proxy-middleware, here with connections that are kept alive.
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { runProxy } from './proxy-process.ts';

await runProxy('Express proxy', (monolithUrl) => {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    createProxyMiddleware({
      target: monolithUrl,
      xfwd: true,
      // Without one it opens a connection for each request, and is slower still.
      agent: new Agent({ keepAlive: true }),
    }),
  );
  return app;
});
