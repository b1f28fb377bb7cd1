// Keeps aside what goes out to a user, without standing in its way: the same bytes at the same time, and no copies of them.
import type { ServerResponse } from 'node:http';
import type { HttpAnswer } from '../../answers/http-answer.ts';
import { COMPARED_HEADERS } from '../../answers/http-answer.ts';

export interface KeptAnswer {
  /** Once it has gone out. @returns undefined where it was larger than what is kept. */
  read(): HttpAnswer | undefined;
}

/** From now on. @param limit in bytes. */
export function keepAnswer(response: ServerResponse, limit: number): KeptAnswer {
  const chunks: Buffer[] = [];
  let length = 0;
  // Once they are written out, the response itself does not know them any more.
  let headers: Readonly<Record<string, unknown>> = {};
  const writeHead = response.writeHead.bind(response) as (status: number, said: object) => unknown;
  Object.assign(response, {
    writeHead(status: number, said: Readonly<Record<string, unknown>> = {}) {
      headers = { ...response.getHeaders(), ...said };
      return writeHead(status, said);
    },
  });

  function keep(chunk: unknown): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!(bytes instanceof Uint8Array)) return;
    length += bytes.length;
    if (length <= limit) chunks.push(bytes as Buffer);
    else chunks.length = 0;
  }
  for (const name of ['write', 'end'] as const) {
    const send = response[name].bind(response) as (...words: unknown[]) => unknown;
    const keepAndSend = (...words: unknown[]): unknown => {
      keep(words[0]);
      return send(...words);
    };
    Object.assign(response, { [name]: keepAndSend });
  }
  return {
    read: () =>
      length > limit
        ? undefined
        : {
            status: response.statusCode,
            headers: comparedOf(headers),
            body: Buffer.concat(chunks).toString(),
          },
  };
}

function comparedOf(headers: Readonly<Record<string, unknown>>): HttpAnswer['headers'] {
  const said = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const known = new Map(said);
  return Object.fromEntries(COMPARED_HEADERS.map((name) => [name, known.get(name)]));
}
