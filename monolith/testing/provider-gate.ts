// Stands between the shop and its payment provider, and lets a test make the way between them go wrong.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  readonly path: string;
  readonly key: string;
}

/**
 * What becomes of one request: `pass` is delivered, `twice` is delivered two times, `down` is answered 502 and not
 * delivered, `refuse` is answered 400 and not delivered. A fate that is not decided yet keeps the request on
 * its way, even when the shop that sent it is gone.
 */
export type Fate = 'pass' | 'twice' | 'down' | 'refuse';

export interface ProviderGate {
  readonly url: string;
  /** How many requests the shop has sent. */
  readonly received: () => number;
  /** How often the provider was reached, and how many of these it has answered. */
  readonly delivered: () => number;
  readonly answered: () => number;
  readonly close: () => void;
}

export async function openProviderGate(
  providerUrl: string,
  decide: (delivery: Delivery) => Fate | Promise<Fate>,
): Promise<ProviderGate> {
  let received = 0;
  let delivered = 0;
  let answered = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const key = String(request.headers['idempotency-key'] ?? (JSON.parse(body) as { key?: string }).key);
      received += 1;
      const fate = await decide({ path: request.url ?? '', key });
      if (fate === 'down') return response.writeHead(502).end('bad gateway');
      if (fate === 'refuse') return response.writeHead(400).end('{"code":"invalid_request"}');
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const deliver = async () => {
        delivered += 1;
        const answer = await fetch(new URL(request.url ?? '', providerUrl), {
          method: 'POST',
          headers,
          body,
        });
        const text = await answer.text();
        answered += 1;
        return { status: answer.status, body: text };
      };
      const answers = await Promise.all(fate === 'twice' ? [deliver(), deliver()] : [deliver()]);
      const last = answers.at(-1);
      response.writeHead(last?.status ?? 502).end(last?.body);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    delivered: () => delivered,
    answered: () => answered,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
