// A closed loop over HTTP: so many connections, each sends its next request when the last one is answered.
import { Client } from 'undici';
import { runLoop, type LoopResult } from './loop.ts';

export interface LoopRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ClosedLoop {
  /** The connections are dealt out among them. */
  readonly origins: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  readonly requests: readonly LoopRequest[];
  /** Each request at most once, and the loop ends with the last; otherwise from the first again. */
  readonly once?: boolean;
  /** The status of a good answer. */
  readonly expected: number;
}

export async function runClosedLoop(order: ClosedLoop): Promise<LoopResult> {
  const { origins, connections, seconds, requests, once = false, expected } = order;
  const clients = Array.from(
    { length: connections },
    (_, index) => new Client(origins[index % origins.length] as string),
  );
  const limit = once ? { calls: requests.length } : {};
  const result = await runLoop({ parallel: connections, seconds, ...limit }, async (worker, index) => {
    const outcome = await send(clients[worker] as Client, requests[index % requests.length] as LoopRequest);
    return outcome === expected ? undefined : outcome;
  });
  await Promise.all(clients.map((client) => client.close()));
  return result;
}

/** By undici's lowest door, since this process shares the machine with what it measures. @returns status or error. */
function send(client: Client, request: LoopRequest): Promise<number | string> {
  return new Promise((resolve) => {
    let status = 0;
    client.dispatch(
      { ...request, body: request.body ?? null },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => void (status = statusCode),
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) =>
          resolve((error as NodeJS.ErrnoException).code ?? error.message),
      },
    );
  });
}
