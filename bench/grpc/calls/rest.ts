// The work over REST: HTTP/1.1 connections that are kept alive, JSON both ways.
import { Client } from 'undici';
import { linesOf, ORDER_ID } from '../handlers.ts';
import type { Work } from '../work.ts';
import type { Caller } from './caller.ts';
import { inTurnOf } from './in-turn-of.ts';

interface Question {
  readonly path: string;
  readonly body?: object;
}
type Ask = (question: Question, worker: number) => Promise<object>;

/** So many connections, each with one request at a time; a caller that finds its connection busy waits. */
export function undiciCaller(address: string, connections: number): Caller {
  const clients = Array.from({ length: connections }, () => new Client(`http://${address}`));
  const ask: Ask = async ({ path, body }, worker) => {
    const client = clients[worker % connections] as Client;
    const answer = await client.request(
      body === undefined
        ? { method: 'GET', path }
        : { method: 'POST', path, headers: JSON_HEADERS, body: JSON.stringify(body) },
    );
    if (answer.statusCode !== 200) throw new Error(`${path}: ${await answer.body.text()}`);
    return (await answer.body.json()) as object;
  };
  return callerOf(ask, async () => {
    await Promise.all(clients.map((client) => client.close()));
  });
}

/** As most code calls: Node's `fetch`, with a deadline; it makes the connections that it needs. */
export const fetchCaller = (address: string): Caller =>
  callerOf(
    async ({ path, body }) => {
      const signal = AbortSignal.timeout(20_000);
      const answer = await fetch(
        `http://${address}${path}`,
        body === undefined
          ? { signal }
          : { signal, method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) },
      );
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return (await answer.json()) as object;
    },
    () => Promise.resolve(),
  );

const JSON_HEADERS = { 'content-type': 'application/json' };

function callerOf(ask: Ask, close: () => Promise<void>): Caller {
  const next = inTurnOf();
  return {
    close,
    async call(work, worker) {
      if (work.kind !== 'pages') return ask(questionOf(work, next), worker);
      const products: unknown[] = [];
      for (;;) {
        const path = `/products?pageSize=${work.pageSize}&offset=${products.length}`;
        const page = (await ask({ path }, worker)) as { readonly products: readonly unknown[] };
        products.push(...page.products);
        if (page.products.length < work.pageSize) return { products };
      }
    },
  };
}

function questionOf(
  work: Exclude<Work, { kind: 'pages' }>,
  next: (ids: readonly string[]) => string,
): Question {
  switch (work.kind) {
    case 'lines':
      return { path: `/orders/${ORDER_ID}/lines?count=${work.count}` };
    case 'place':
      return { path: `/orders/${ORDER_ID}/lines`, body: { lines: linesOf(work.count) } };
    case 'whole':
    case 'newest':
      return { path: '/products' };
    case 'product':
      return { path: `/products/${next(work.ids)}` };
  }
}
