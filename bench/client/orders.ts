// How a process of the bench takes its orders: JSON by HTTP, from the one that measures.
import { text } from 'node:stream/consumers';
import { request as send } from 'undici';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals, type Shutdown } from '#platform/shutdown.ts';

const STOP_DEADLINE_MS = 5_000;

/** The main function of such a process. @param open what it needs, once; answers each order. */
export async function takeOrders<Order, Result>(
  name: string,
  open: (shutdown: Shutdown) => Promise<(order: Order) => Promise<Result>>,
): Promise<void> {
  await runProcess(name, async () => {
    const log = createLogger({ name, level: 'warn', format: 'json' });
    const shutdown = createShutdown(log);
    stopOnSignals(shutdown, log, STOP_DEADLINE_MS);
    const answer = await open(shutdown);
    const server = await listen(
      (request, response) => {
        const work = async () => answer(JSON.parse(await text(request)) as Order);
        work().then(
          (result) => response.end(JSON.stringify(result)),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
      },
      { host: '127.0.0.1', port: 0, name },
    );
    shutdown.onStop('server', () => server.stop(0));
    process.send?.({ type: 'listening', port: server.port });
  });
}

/**
 * The other end. An answer may take as long as the work that was ordered: there is no timeout.
 * @param name for messages. @throws {Error} with what went wrong there.
 */
export async function order<Result>(port: number, name: string, words: object): Promise<Result> {
  const { statusCode, body } = await send(`http://127.0.0.1:${port}`, {
    method: 'POST',
    body: JSON.stringify(words),
    ...{ headersTimeout: 0, bodyTimeout: 0 },
    // The pauses between two orders may be as long as the server keeps a connection.
    reset: true,
  });
  if (statusCode !== 200) throw new Error(`the ${name} failed: ${await body.text()}`);
  return (await body.json()) as Result;
}
