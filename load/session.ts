// Somebody at the shop: sends their token, and keeps their cookies as a browser does.
import { CookieJar } from 'tough-cookie';
import { SetupError } from '#platform/setup-error.ts';
import type { Answer, Client, ShopRequest } from './client.ts';
import { createSeen } from './seen.ts';

export interface Session {
  send(request: ShopRequest): Promise<SessionAnswer>;
  /**
   * For what has to succeed before the traffic begins.
   * @returns the answer's body.
   * @throws {SetupError} one line for any answer but a success.
   */
  demand<Body>(request: ShopRequest): Promise<Body>;
  /** The same browser, signed in or not: what it has seen so far, and its cookies, stay. */
  as(token: string | undefined): Session;
}

export interface SessionAnswer extends Answer {
  /** Where one product was asked for: the version of it that this browser had seen by then, if any. */
  readonly seenBefore: number | undefined;
}

export const openSession = (client: Client): Session => sessionIn(openBrowser(client), undefined);

type Browser = ReturnType<typeof openBrowser>;

function openBrowser(client: Client) {
  const jar = new CookieJar();
  const seen = createSeen();

  async function send(request: ShopRequest): Promise<SessionAnswer> {
    const url = client.url + request.path;
    const cookie = jar.getCookieStringSync(url);
    const headers = { ...(cookie !== '' && { cookie }), ...request.headers };
    const look = seen.look(request.method === 'GET' ? productIn(request.path) : undefined);
    const answer = await client.send({ ...request, headers });
    for (const given of answer.cookies) jar.setCookieSync(given, url, { ignoreError: true });
    // An error has a tag of nothing, and leaves the cookies alone.
    if (answer.answered) look.end(answer.outcome === '200' ? answer.version : undefined);
    return { ...answer, seenBefore: look.before };
  }

  return { url: client.url, send };
}

const productIn = (path: string) => /^\/products\/([^/?]+)$/.exec(path)?.[1];

function sessionIn(browser: Browser, token: string | undefined): Session {
  const authorization: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const send = (request: ShopRequest) =>
    browser.send({ ...request, headers: { ...authorization, ...request.headers } });

  return {
    send,
    as: (other) => sessionIn(browser, other),
    async demand<Body>(request: ShopRequest) {
      const { outcome, answered, body, requestId } = await send(request);
      if (!answered)
        throw new SetupError(`the shop does not answer at ${browser.url} (${outcome}): npm start`);
      if (!/^2\d\d$/.test(outcome)) {
        const { method, path } = request;
        throw new SetupError(
          `${browser.url} answers ${method} ${path} with ${outcome} (x-request-id ${requestId})`,
        );
      }
      return body as Body;
    },
  };
}
