// npm run seed: fills the empty shop of this checkout, in a size of one's own choice.
import { Command } from 'commander';
import { z } from 'zod';
import { isSeeded, seedShop, type SeedProgress, type SeedResult } from '../monolith/seed/seed.ts';
import { startChild } from '#platform/children.ts';
import { port, readConfig, setting } from '#platform/config.ts';
import { dataFolder } from '#platform/paths.ts';
import { rolePassword } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer, stopIfUnused, type Server } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets, type Secrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import { wholeNumber } from './options.ts';

const PREFIX = 'shop';
const PROVIDER_PATIENCE_MS = 2_000;
const REDRAW_MS = 50;
const ERASE_LINE = '\r\x1b[K';

const settings = {
  providerUrl: setting('PAYMENT_PROVIDER_URL', z.url().optional()),
  providerPort: setting('PAYMENT_PROVIDER_PORT', port(4010)),
};

const options = new Command('npm run seed --')
  .description('Fill the empty shop of this checkout: products, customers, and the orders of a year.')
  .option('--products <n>', 'how many products', wholeNumber, 10_000)
  .option('--customers <n>', 'how many customers', wholeNumber, 200)
  .option('--seed <n>', 'the same number gives the same shop', wholeNumber, 1)
  .option('--json', 'print the result as one object')
  .addHelpText(
    'after',
    `
Environment:
  PAYMENT_PROVIDER_URL   a running payment provider, if not at its default port
  SHOP_DATA_DIR          where the data lies, instead of .shop/<stage>
  DATABASE_URL           a PostgreSQL 18 server to use instead of the embedded one`,
  )
  .parse()
  .opts<{ products: number; customers: number; seed: number; json?: true }>();

await runProcess('npm run seed', async () => {
  const begin = performance.now();
  const secrets = openSecrets(dataFolder());
  const server = await openServer({ folder: dataFolder(), secrets });
  try {
    const result = await Promise.race([fill(server, secrets), interruption()]).finally(eraseLine);
    const seconds = Number(((performance.now() - begin) / 1_000).toFixed(1));
    if (options.json) return console.log(JSON.stringify({ ...result, seconds }));
    console.log(
      `seeded ${result.products} products in ${result.categories} categories, ` +
        `${result.customers} customers and ${result.orders} orders in ${seconds} s`,
    );
  } finally {
    await stopIfUnused(server, PREFIX);
  }
});

async function fill(server: Server, { roleSecret }: Secrets): Promise<SeedResult> {
  const { adminUrl, ownerRole } = await prepareOwner(server.adminUrl, PREFIX, 'monolith', (role) =>
    rolePassword(roleSecret, role),
  );
  if (await isSeeded(adminUrl))
    throw new SetupError('the shop is seeded already: npm run reset begins afresh');
  const provider = await openProvider();
  const onProgress = process.stderr.isTTY ? progressLine() : undefined;
  try {
    return await seedShop({
      ...options,
      databaseUrl: adminUrl,
      ownerRole,
      providerUrl: provider.url,
      onProgress,
    });
  } finally {
    await provider.stop();
  }
}

/** Rejects on Ctrl-C, so that a server that was started for the seed does not outlive it. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new SetupError('interrupted')));
  });
}

/** The provider that runs, or one for as long as the seed takes: the history must stand in its ledger. */
async function openProvider(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const { providerUrl, providerPort } = readConfig(settings);
  const url = providerUrl ?? `http://127.0.0.1:${providerPort}`;
  if (await answers(url)) return { url, stop: async () => undefined };
  if (providerUrl !== undefined)
    throw new SetupError(`PAYMENT_PROVIDER_URL (${url}) does not answer: start it, or unset it`);
  const child = await startChild('payment provider', 'outside/payment-provider/main.ts', {
    PAYMENT_PROVIDER_PORT: '0',
    SHOP_LOG_LEVEL: 'warn',
  });
  return { url: `http://127.0.0.1:${child.port}`, stop: child.stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(PROVIDER_PATIENCE_MS) }))
      .ok;
  } catch {
    return false;
  }
}

/** One line that is written over and over. */
function progressLine(): (progress: SeedProgress) => void {
  let shown: { step: string; at: number } | undefined;
  return ({ step, done, total }) => {
    const now = performance.now();
    if (shown?.step === step && now - shown.at < REDRAW_MS) return;
    shown = { step, at: now };
    const filled = total === undefined ? undefined : Math.round((done / total) * 30);
    const bar = filled === undefined ? '' : `[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}]`;
    const line = `${step.padEnd(12)}${bar} ${done === 0 ? '' : done.toLocaleString('en')}`;
    process.stderr.write(`${ERASE_LINE}${line}`);
  };
}

function eraseLine(): void {
  if (process.stderr.isTTY) process.stderr.write(ERASE_LINE);
}
