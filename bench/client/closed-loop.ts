// A closed loop: so many connections, each sends its next request when the last one is answered.
import { build } from 'hdr-histogram-js';
import { Client } from 'undici';

export interface LoopRequest {
  readonly method: 'GET' | 'POST';
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

export interface LoopResult {
  /** Good answers. */
  readonly requests: number;
  /** Other answers, and those that never came, by status (or by the error's code). */
  readonly errors: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of good answers, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of this process, user and system. */
  readonly cpuSeconds: number;
}

export async function runClosedLoop(order: ClosedLoop): Promise<LoopResult> {
  const { origins, connections, seconds, requests, once = false, expected } = order;
  const latencies = build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
  const errors: Record<string, number> = {};
  const clients = Array.from(
    { length: connections },
    (_, index) => new Client(origins[index % origins.length] as string),
  );
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  let next = 0;

  async function run(client: Client): Promise<void> {
    while (performance.now() < end && !(once && next >= requests.length)) {
      const request = requests[next++ % requests.length] as LoopRequest;
      const sent = performance.now();
      const outcome = await send(client, request);
      if (outcome === expected) latencies.recordValue(Math.max(1, (performance.now() - sent) * 1_000));
      else errors[outcome] = (errors[outcome] ?? 0) + 1;
    }
  }

  await Promise.all(clients.map(run));
  const elapsed = (performance.now() - begin) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(clients.map((client) => client.close()));
  return {
    requests: latencies.totalCount,
    errors,
    seconds: elapsed,
    p50: latencies.getValueAtPercentile(50),
    p99: latencies.getValueAtPercentile(99),
    cpuSeconds: (user + system) / 1e6,
  };
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
