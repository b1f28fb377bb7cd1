// The monolith as a cluster: one worker for each core, all of them behind one port. Nothing of the monolith knows of it.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#platform/logger.ts';
import { projectRoot } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown, stopOnSignals } from '#platform/shutdown.ts';

const STOP_DEADLINE_MS = 10_000;

interface Listening {
  readonly type: 'listening';
  readonly port: number;
}

await runProcess('cluster', async () => {
  const log = createLogger({ name: 'cluster', level: 'warn', format: 'json' });
  const shutdown = createShutdown(log);
  stopOnSignals(shutdown, log, STOP_DEADLINE_MS);

  cluster.setupPrimary({ exec: join(projectRoot, 'monolith/main.ts') });
  const workers = Array.from({ length: availableParallelism() }, () => cluster.fork());
  shutdown.onStop('workers', async () => void (await Promise.all(workers.map(stop))));

  const messages = await Promise.all(workers.map(listening));
  // Port 0 is the same free port for all of them: the primary listens, and deals the connections out.
  process.send?.(messages[0]);
});

async function listening(worker: Worker): Promise<Listening> {
  const told = once(worker, 'message') as Promise<[Listening]>;
  const ended = once(worker, 'exit').then(() => {
    throw new SetupError('a worker did not start');
  });
  ended.catch(() => undefined);
  return (await Promise.race([told, ended]))[0];
}

async function stop(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  await ended;
}
