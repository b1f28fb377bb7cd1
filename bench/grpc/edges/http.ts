// One handler over node:http alone: what JSON costs at the least.
import type { RequestListener } from 'node:http';
import type { Handlers } from '../handlers.ts';

export const httpEdge =
  ({ listLines }: Handlers): RequestListener =>
  (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const body = JSON.stringify({ lines: listLines(Number(searchParams.get('count'))) });
    response
      .writeHead(200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
      })
      .end(body);
  };
