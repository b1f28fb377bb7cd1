// For tests: stands in front of a shop, and now and then shows a product as it was, as a replica that lags would.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const without = (names: readonly string[], headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

export interface StaleProxy {
  readonly url: string;
  /** How many old answers it has given. */
  readonly planted: () => number;
  stop(): Promise<void>;
}

interface Kept {
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** @param every how many answers about a product that has changed are one old answer, said to be by `catalog`. */
export async function startStaleProxy(shopUrl: string, every: number): Promise<StaleProxy> {
  /** What was last answered, and what before that product changed. */
  const kept = new Map<string, { readonly now: Kept; readonly old?: Kept }>();
  let changed = 0;
  let planted = 0;

  function remember(path: string, now: Kept): void {
    const before = kept.get(path);
    if (before === undefined) kept.set(path, { now });
    else if (before.now.etag !== now.etag) kept.set(path, { now, old: before.now });
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const isProduct = method === 'GET' && /^\/products\/[^/?]+$/.test(url);
    const old = isProduct ? kept.get(url)?.old : undefined;
    if (old !== undefined && (changed += 1) % every === 0) {
      planted += 1;
      response.writeHead(200, { ...old.headers, 'x-served-by': 'catalog' }).end(old.body);
      return;
    }
    const sent = await buffer(incoming);
    const answer = await fetch(shopUrl + url, {
      method,
      headers: without(['host', 'connection', 'content-length'], incoming.headers as Record<string, string>),
      ...(sent.length > 0 && { body: Buffer.from(sent) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    // What was unpacked is not as long any more, nor packed.
    const passed = without(['content-encoding', 'content-length'], Object.fromEntries(answer.headers));
    const etag = answer.headers.get('etag');
    if (isProduct && answer.ok && etag !== null) remember(url, { etag, headers: passed, body });
    response.writeHead(answer.status, passed).end(body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    planted: () => planted,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
