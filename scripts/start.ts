// npm start: everything that a running shop needs, in order, in one terminal; stopped in the reverse order.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { port, readConfig, setting } from '#platform/config.ts';
import { ensureGenerated } from '#platform/generated.ts';
import { createLogger, logSettings } from '#platform/logger.ts';
import { dataFolder } from '#platform/paths.ts';
import { runProcess } from '#platform/process.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { FRONT, readFrontPort } from './front.ts';
import { onHangUp } from './hang-up.ts';
import { wholeNumber } from './options.ts';
import { readServicePorts, SERVICES } from './services.ts';

const processes = [
  'the monolith',
  ...(FRONT ? [`the ${FRONT.name}`] : []),
  ...SERVICES.map(({ title }) => `the ${title}`),
];
const program = new Command('npm start --')
  .description(
    `Run the shop: PostgreSQL, migrations, a seed if there is none, the payment provider, ${processes.join(', ')}.`,
  )
  .option('--temporary', 'on free ports, in a temporary folder that is removed at the end')
  .addOption(
    new Option('--monoliths <n>', 'so many monoliths, 1 to 8, behind a load balancer if more than one')
      .argParser(monolithCount)
      .default(1),
  )
  .addOption(
    new Option('--alone', 'the monolith without a gateway in front of it or a service beside it').hideHelp(
      FRONT === undefined,
    ),
  )
  .option('--products <n>', 'how many products to seed an empty shop with', wholeNumber, 10_000)
  .option('--seed <n>', 'the same number gives the same products and customers', wholeNumber, 1)
  .option('--json', 'print one object with the URLs when ready, and logs as JSON')
  .addHelpText(
    'after',
    `
With more than one monolith, one that dies is started again, and SIGHUP to this process restarts them one after the
other: customers notice neither.${SERVICES.length === 0 ? '' : ' A service that dies is started again, too.'}

Environment:
  SHOP_PORT_OFFSET   shifts every default port, so that two checkouts run side by side
  SHOP_DATA_DIR      where the data lies, instead of .shop/<stage>
  DATABASE_URL       a PostgreSQL 18 server to use instead of the embedded one`,
  )
  .parse();

const options = program.opts<{
  temporary?: true;
  monoliths: number;
  alone?: true;
  products: number;
  seed: number;
  json?: true;
}>();

function monolithCount(text: string): number {
  if (!/^[1-8]$/.test(text)) throw new InvalidArgumentError('expected a number from 1 to 8');
  return Number(text);
}

const settings = {
  monolith: setting('MONOLITH_PORT', port(3000)),
  provider: setting('PAYMENT_PROVIDER_PORT', port(4010)),
  ...logSettings,
};

await runProcess('npm start', async () => {
  const begin = performance.now();
  ensureGenerated();
  // Only now: these import what has just been generated.
  const { runTopology } = await import('./topology.ts');

  const { logLevel, logFormat, ...defaultPorts } = readConfig(settings);
  const log = createLogger({ name: 'start', level: logLevel, format: options.json ? 'json' : logFormat });
  const shutdown = createShutdown(log);
  const stopped = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(undefined));
  });

  let folder = dataFolder();
  if (options.temporary) {
    folder = mkdtempSync(join(tmpdir(), 'shop-'));
    shutdown.onStop('folder', () => rmSync(folder, { recursive: true, force: true }));
  }
  try {
    const ports = options.temporary
      ? { monolith: 0, provider: 0, services: {} }
      : { ...defaultPorts, front: readFrontPort(), services: readServicePorts() };
    const topology = await runTopology({
      ...options,
      folder,
      ports,
      temporary: options.temporary ?? false,
      shutdown,
      log,
    });
    // Before it says that it is ready: whoever reads that may hang up at once, which would end a process without handler.
    if (topology.restartMonoliths)
      onHangUp(topology.restartMonoliths, () => process.kill(process.pid, 'SIGTERM'));
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
    if (options.json)
      console.log(
        JSON.stringify({
          type: 'ready',
          seconds: Number(seconds),
          ...topology.urls,
          pids: { start: process.pid, ...topology.pids },
        }),
      );
    else console.log(`shop ready at ${topology.urls.shop} (after ${seconds} s)`);

    const fallen = await Promise.race([stopped, topology.childEnded]);
    if (fallen !== undefined) {
      log.error(`the ${fallen} has ended: stopping everything`);
      process.exitCode = 1;
    }
  } finally {
    await shutdown.stop();
  }
});
process.exit();
