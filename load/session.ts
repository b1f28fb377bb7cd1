// Somebody at the shop: sends their token, and keeps their cookies as a browser does.
import { SetupError } from '#platform/setup-error.ts';
import type { Answer, Client, ShopRequest } from './client.ts';

export interface Session {
  send(request: ShopRequest): Promise<Answer>;
  /**
   * For what has to succeed before the traffic begins.
   * @returns the answer's body.
   * @throws {SetupError} one line for any answer but a success.
   */
  demand<Body>(request: ShopRequest): Promise<Body>;
}

export function openSession(client: Client, token?: string): Session {
  const cookies = new Map<string, string>();
  const authorization: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };

  async function send(request: ShopRequest): Promise<Answer> {
    const jar = [...cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { ...authorization, ...(jar !== '' && { cookie: jar }), ...request.headers };
    const answer = await client.send({ ...request, headers });
    for (const cookie of answer.cookies) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer;
  }

  return {
    send,
    async demand<Body>(request: ShopRequest) {
      const { outcome, answered, body, requestId } = await send(request);
      if (!answered)
        throw new SetupError(`the shop does not answer at ${client.url} (${outcome}): npm start`);
      if (!/^2\d\d$/.test(outcome)) {
        const { method, path } = request;
        throw new SetupError(
          `${client.url} answers ${method} ${path} with ${outcome} (x-request-id ${requestId})`,
        );
      }
      return body as Body;
    },
  };
}
