// A shop in miniature for tests: it answers at once and correctly, unless a test stalls or spoils it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FakeShop {
  readonly url: string;
  /** Answers nothing for so long; then everything. */
  stall(milliseconds: number): void;
  stop(): Promise<void>;
}

/** Takes a request out of the shop's hands: @returns whether it does, by one of the ways to answer or by none. */
export type Spoil = (request: Request, ways: { answer: Answer; hangUp: () => void }) => boolean;

/** @param headers beside those that every answer has. */
type Answer = (status: number, body: object, headers?: Readonly<Record<string, string>>) => void;

interface Request {
  readonly method: string;
  readonly path: string;
  /** Undefined where none came. */
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

export async function startFakeShop(spoil: Spoil = () => false): Promise<FakeShop> {
  const products = new Map(
    [1, 2, 3].map((n) => [`p${n}`, product(`p${n}`, { name: `Kettle ${n}`, price: { amount: 100 } })]),
  );
  const versions = new Map<string, number>();
  const stock = new Map<string, unknown>();
  let stalled: Promise<unknown> = Promise.resolve();

  function route({ method, path, body }: Request): readonly [number, object] {
    const [, collection, id = ''] = path.split(/[/?]/);
    const found = products.get(id);
    switch (`${method} /${collection}`) {
      case 'POST /customers':
        return [201, {}];
      case 'POST /sessions':
        return [201, { token: 'token' }];
      case 'POST /products': {
        const added = product(`p${products.size + 1}`, body);
        products.set(added.id, added);
        return [201, added];
      }
      case 'PATCH /products':
        Object.assign(found ?? {}, body);
        versions.set(id, (versions.get(id) ?? 1) + 1);
        return [200, found ?? {}];
      case 'GET /products':
        if (path.includes('?')) return [200, { products: [...products.values()] }];
        return found === undefined ? [404, { code: 'not_found' }] : [200, found];
      case 'PUT /stock':
        stock.set(id, body['onHand']);
        return [200, {}];
      case 'GET /stock':
        return [200, { onHand: stock.get(id) }];
      case 'POST /orders':
        return body['paymentToken'] === 'tok_declined'
          ? [402, { code: 'payment_declined' }]
          : [201, { status: 'confirmed' }];
      default:
        return [200, {}];
    }
  }

  /** Of the product that a request was about. */
  function tagOf({ method, path }: Request): Readonly<Record<string, string>> {
    const id = method === 'POST' ? `p${products.size}` : path.split('/')[2];
    const isProduct = path.startsWith('/products') && id !== undefined && products.has(id);
    return isProduct ? { etag: `"${versions.get(id) ?? 1}"` } : {};
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const body = 'content-length' in headers ? ((await json(incoming)) as Request['body']) : {};
    const { cookie, authorization } = headers;
    const request = { method, path: url, cookie, authorization, body };
    await stalled;
    const answer: Answer = (status, answerBody, answerHeaders = {}) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-served-by': method === 'GET' ? 'reader' : 'writer',
        'x-request-id': String(headers['x-request-id']),
        ...answerHeaders,
      });
      response.end(JSON.stringify(answerBody));
    };
    if (spoil(request, { answer, hangUp: () => response.destroy() })) return;
    const [status, found] = route(request);
    answer(status, found, tagOf(request));
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stall(milliseconds) {
      stalled = sleep(milliseconds);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const product = (id: string, fields: object) => ({ id, category: 'kitchen', ...fields });
