// The process behind every proxy: as many workers as there are cores, with answers that are ready, so that it never is
// what is measured.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { createLogger } from '#platform/logger.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';
import { answerTo, ANSWER_HEADERS, REQUESTS } from './questions.ts';

const STOP_DEADLINE_MS = 5_000;

const answers = new Map(
  Object.values(REQUESTS).map(({ method, path }) => [
    `${method} ${path}`,
    Buffer.from(answerTo(method, path)),
  ]),
);

async function work(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    const body = answers.get(`${request.method} ${request.url}`);
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { ...ANSWER_HEADERS, 'content-length': body.length }).end(body);
  });
  // Longer than a run: no proxy meets a connection that is being closed.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}

async function lead(): Promise<void> {
  const log = createLogger({ name: 'backend', level: 'warn', format: 'json' });
  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, STOP_DEADLINE_MS);
  const workers = Array.from({ length: availableParallelism() }, () => cluster.fork());
  shutdown.onStop('workers', async () => void (await Promise.all(workers.map(stop))));
  // Port 0 is the same free port for all of them.
  const [[port]] = (await Promise.all(workers.map((worker) => once(worker, 'message')))) as [[number]];
  process.send?.({ type: 'listening', port });
}

async function stop(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  worker.process.kill('SIGKILL');
  await ended;
}

await runProcess('backend', cluster.isPrimary ? lead : work);
