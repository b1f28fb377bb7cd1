// Talks to the payment provider over a few connections that are kept: with fetch, the history would take twice as long.
import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { SetupError } from '#platform/setup-error.ts';

export interface ProviderClient {
  /** @returns the status that the provider gives the key: `captured`, `refunded`, … @throws {SetupError} */
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<string>;
  close(): void;
}

interface Answer {
  readonly status?: unknown;
  readonly code?: unknown;
}

const TIMEOUT_MS = 10_000;

export function createProviderClient(providerUrl: string, connections: number): ProviderClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function send(path: string, body: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      };
      request(new URL(path, providerUrl), options, (response) => {
        json(response).then((answer) => resolve(answer as Answer), reject);
      })
        .on('error', reject)
        .end(JSON.stringify(body));
    });
  }

  return {
    async post(path, body, headers = {}) {
      try {
        const { status, code } = await send(path, body, headers);
        return typeof status === 'string' ? status : String(code);
      } catch (cause) {
        throw new SetupError(`the payment provider at ${providerUrl} does not answer`, { cause });
      }
    },
    close: () => agent.destroy(),
  };
}
