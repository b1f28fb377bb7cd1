// The load client's process, apart from the shop's and from the one that measures: it takes its orders by HTTP.
import { text } from 'node:stream/consumers';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { runClosedLoop, type ClosedLoop } from './closed-loop.ts';

await runProcess('load client', async () => {
  const log = createLogger({ name: 'client', level: 'warn', format: 'json' });
  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, 5_000);

  const server = await listen(
    (request, response) => {
      const answer = async () => runClosedLoop(JSON.parse(await text(request)) as ClosedLoop);
      answer().then(
        (result) => response.end(JSON.stringify(result)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    },
    { host: '127.0.0.1', port: 0, name: 'load client' },
  );
  shutdown.onStop('server', () => server.stop(0));
  process.send?.({ type: 'listening', port: server.port });
});
