// The provider's HTTP face, as a function of its dependencies: it opens no port, so that tests call it too.
import express, { type Express, type Response } from 'express';
import { ShopError } from '#platform/errors.ts';
import { problemHandler, unknownRoute } from '#platform/http/problem.ts';
import { requestLog } from '#platform/http/request-log.ts';
import type { Logger } from '#platform/logger.ts';
import { stateOf, type Answer } from './answers.ts';
import type { Entry } from './entry.ts';
import type { Ledger } from './ledger.ts';
import { createProvider } from './provider.ts';
import { chargeRequest, keyInBody, keyInPath, keyInQuery, read } from './requests.ts';

const SLOW_MS = 2_000;
const BODY_LIMIT = '16kb';

export interface AppDependencies {
  readonly ledger: Ledger;
  readonly log: Logger;
  /** How long tok_slow takes, in milliseconds. */
  readonly slowMs?: number;
  /** Ends what would keep the server from closing: requests that wait, and those that are never answered. */
  readonly stopping?: AbortSignal;
}

export function buildApp({ ledger, log, slowMs = SLOW_MS, stopping }: AppDependencies): Express {
  const provider = createProvider({ ledger, slowMs, stopping });
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(requestLog(log), express.json({ limit: BODY_LIMIT }));

  app.post('/charges', async (request, response) => {
    const { headers, body } = read(chargeRequest, request);
    const answer = await provider.charge(headers['idempotency-key'], body);
    if (answer) return send(response, answer);
    log.info(`charged ${body.amount} ${body.currency}, and the answer is lost`);
    hang(response, stopping);
  });
  app.post('/voids', async (request, response) => {
    send(response, await provider.void(read(keyInBody, request).body.key));
  });
  app.post('/refunds', async (request, response) => {
    send(response, await provider.refund(read(keyInBody, request).body.key));
  });
  app.get('/charges/:key', (request, response) => {
    const { key } = read(keyInPath, request).params;
    response.json(stateOf(key, ledger.entries(key)));
  });
  app.get('/ledger', (request, response) => {
    const { key } = read(keyInQuery, request).query;
    response.json({ entries: ledger.entries(key).map(withoutToken) });
  });
  app.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/health/ready', (_request, response) => {
    const ready = ledger.isWritable() && !stopping?.aborted;
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable' });
  });

  app.use(unknownRoute, problemHandler(stoppedWaiting));
  return app;
}

function send(response: Response, { httpStatus, body }: Answer): void {
  response.status(httpStatus).json(body);
}

/** Leaves the caller without an answer, until it goes away or the server stops. */
function hang(response: Response, stopping: AbortSignal | undefined): void {
  const hangUp = () => response.destroy();
  if (stopping?.aborted) hangUp();
  stopping?.addEventListener('abort', hangUp);
  response.once('close', () => stopping?.removeEventListener('abort', hangUp));
}

function withoutToken(entry: Entry): object {
  return 'token' in entry ? { ...entry, token: undefined } : entry;
}

function stoppedWaiting(error: unknown): ShopError | undefined {
  if (!(error instanceof Error) || error.name !== 'AbortError') return undefined;
  const detail = 'The provider is stopping, and has charged nothing.';
  return new ShopError('unavailable', 'stopping', detail, { retryAfter: 1 });
}
