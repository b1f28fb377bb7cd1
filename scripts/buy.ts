// npm run buy: one whole purchase, printed request by request, as a client of the shop sees it.
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';
import { findShopUrl } from './shop-url.ts';

const options = new Command('npm run buy --')
  .description('Buy one product in the running shop, and show every request and answer.')
  .option('--words <words>', 'what to look for', 'coffee')
  .option('--payment-token <token>', 'tok_ok, tok_declined, tok_slow or tok_lost', 'tok_ok')
  .option('--cancel', 'cancel the order at the end')
  .option('--json', 'print each exchange as one object')
  .addHelpText('after', '\nEnvironment:\n  SHOP_URL   where the shop is, if not at its default port')
  .parse()
  .opts<{ words: string; paymentToken: string; cancel?: true; json?: true }>();

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

await runProcess('npm run buy', async () => {
  const send = client(findShopUrl());

  const email = `guest-${randomUUID().slice(0, 8)}@shop.test`;
  const password = randomUUID();
  await send('POST', '/customers', { body: { email, password, name: 'A guest' } });
  const { body: session } = await send('POST', '/sessions', { body: { email, password } });
  const token = String(session['token']);

  const found = await send('GET', `/products?q=${encodeURIComponent(options.words)}&pageSize=20`);
  const product = await firstInStock(send, found.body['products'] as { id: string }[]);
  await send('PUT', `/cart/items/${product}`, { token, body: { quantity: 1 } });
  const order = await send('POST', '/orders', {
    token,
    headers: { 'idempotency-key': randomUUID() },
    body: {
      paymentToken: options.paymentToken,
      shippingAddress: {
        name: 'A guest',
        line1: '1 Harbour Street',
        city: 'Hamburg',
        postalCode: '20457',
        country: 'DE',
      },
    },
  });
  await send('GET', `/stock/${product}`);
  if (order.status === 201 && options.cancel) {
    await send('POST', `/orders/${String(order.body['id'])}/cancel`, { token });
    await send('GET', `/stock/${product}`);
  }
  if (order.status !== 201) process.exitCode = 1;
});

type Send = ReturnType<typeof client>;

async function firstInStock(send: Send, products: readonly { id: string }[]): Promise<string> {
  for (const { id } of products) {
    const { body } = await send('GET', `/stock/${id}`);
    if (Number(body['available']) > 0) return id;
  }
  throw new SetupError(`nothing with the words "${options.words}" is in stock: try --words`);
}

function client(baseUrl: string) {
  return async (
    method: string,
    path: string,
    request: { token?: string; headers?: Record<string, string>; body?: object } = {},
  ): Promise<Answer> => {
    const { token, headers, body } = request;
    const begin = performance.now();
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SetupError(`the shop does not answer at ${baseUrl}: npm start`, { cause });
    });
    const answer = (await response.json()) as Answer['body'];
    const exchange = {
      request: `${method} ${path}`,
      status: response.status,
      servedBy: response.headers.get('x-served-by'),
      ms: Math.round(performance.now() - begin),
    };
    if (options.json) console.log(JSON.stringify({ ...exchange, answer }));
    else print(exchange, answer);
    return { status: response.status, body: answer };
  };
}

function print({ request, status, servedBy, ms }: Record<string, unknown>, answer: object): void {
  const text = JSON.stringify(answer, (key, value: unknown) => (key === 'token' ? '…' : value));
  console.log(
    `→ ${String(request)}\n← ${String(status)} from ${String(servedBy)} in ${String(ms)} ms  ${shorten(text)}\n`,
  );
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
