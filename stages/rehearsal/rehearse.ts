// Rehearses a stage's migrations as a team would run them: on a full database, while the release before serves
// customers; then both releases at once; then the contract.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLoad } from '../../load/run-load.ts';
import { ADMINISTRATOR } from '../../monolith/seed/customers.ts';
import { startChild } from '#platform/children.ts';
import { openCluster } from '#platform/postgres/cluster.ts';
import { databaseUrl, loginUrl, ownerNames, rolePassword } from '#platform/postgres/owners.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Stage } from '../manifest.ts';
import type { Tree } from '../tree.ts';
import { watchLocks, type LockReport } from './lock-watch.ts';
import { unpackRelease } from './release.ts';
import { missingRows, rememberRows } from './rows.ts';
import { startRush } from './rush.ts';

export interface RehearsalOptions {
  readonly before: { readonly stage: Stage; readonly tree: Tree };
  readonly after: { readonly stage: Stage; readonly tree: Tree };
  readonly products: number;
  /** Of traffic before, between and after the steps. */
  readonly seconds: number;
  /** Actions a second, at each release that runs. */
  readonly rate: number;
  readonly onStep: (step: string) => void;
}

export interface Rehearsal {
  readonly products: number;
  readonly expandSeconds: number;
  readonly contractSeconds: number;
  readonly requests: number;
  readonly bought: number;
  /** Answers that no customer should get, by what they were. */
  readonly unexpected: readonly string[];
  /** Rows that were there and are not any more. */
  readonly missingRows: number;
  /** Units of a product that both releases sold at the same time. */
  readonly lostUnits: number;
  readonly locks: LockReport;
}

export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { before, after, products, seconds, rate, onStep } = options;
  const releases: (() => Promise<unknown> | void)[] = [];
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'shop-rehearsal-')));
  releases.push(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    const data = join(scratch, 'data');
    mkdirSync(data);
    // PostgreSQL's data lies below it, and root runs it as another user.
    chmodSync(scratch, 0o755);
    const secrets = openSecrets(data);
    const cluster = await openCluster({
      folder: join(data, 'server'),
      port: 0,
      password: secrets.postgresPassword,
      disposable: true,
    });
    releases.push(() => cluster.stop());
    const provider = await startChild('payment provider', 'outside/payment-provider/main.ts', {
      PAYMENT_PROVIDER_PORT: '0',
      PAYMENT_PROVIDER_LEDGER: join(data, 'ledger.jsonl'),
      SHOP_LOG_LEVEL: 'error',
    });
    releases.push(() => provider.stop());
    const providerUrl = `http://127.0.0.1:${provider.port}`;

    const environment = {
      SHOP_DATA_DIR: data,
      DATABASE_URL: cluster.url,
      PAYMENT_PROVIDER_URL: providerUrl,
      SHOP_SCRYPT_COST: '4',
    };
    const [old, young] = (await Promise.all(
      [before, after].map(({ stage, tree }) => unpackRelease(stage, tree, scratch, environment)),
    )) as [Awaited<ReturnType<typeof unpackRelease>>, Awaited<ReturnType<typeof unpackRelease>>];
    onStep(`${before.stage.name}: seeding ${products.toLocaleString('en')} products`);
    await old.run('seed', '--products', String(products));

    const names = ownerNames('shop', 'monolith');
    const adminUrl = databaseUrl(cluster.url, names.database);
    await rememberRows(adminUrl);
    const settings = {
      MONOLITH_PORT: '0',
      MONOLITH_DATABASE_URL: loginUrl(
        adminUrl,
        names.appRole,
        rolePassword(secrets.roleSecret, names.appRole),
      ),
      PAYMENT_PROVIDER_URL: providerUrl,
      SHOP_JWT_SECRET: secrets.jwtSecret,
      SHOP_SCRYPT_COST: '4',
      SHOP_LOG_LEVEL: 'error',
    };
    const running = new Map<Stage, string>();
    const start = async (release: typeof old) => {
      const monolith = await release.startMonolith(settings);
      releases.push(() => monolith.stop());
      const stopped = new AbortController();
      running.set(release.stage, monolith.url);
      const load = runLoad({
        url: monolith.url,
        rate,
        duration: Infinity,
        warmup: 0,
        customers: 10,
        signal: stopped.signal,
      });
      // Heard below; not to be taken for nobody's failure until then.
      load.catch(() => undefined);
      return {
        async stop() {
          running.delete(release.stage);
          stopped.abort();
          const report = await load;
          await monolith.stop();
          return report;
        },
      };
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

    const first = await start(old);
    const rush = await startRush({
      buyers: 3,
      monoliths: () => [...running.values()],
      administrator: ADMINISTRATOR,
    });
    const endWatch = await watchLocks(adminUrl, names.appRole);
    await pause();
    onStep(`${before.stage.name} serves; migrate -- apply`);
    const expandSeconds = await young.run('migrate', 'apply');
    await pause();
    onStep(`both releases serve`);
    const second = await start(young);
    await pause();
    onStep(`${after.stage.name} serves; migrate -- apply --contract`);
    const oldReport = await first.stop();
    const contractSeconds = await young.run('migrate', 'apply', '--contract');
    await pause();
    const { bought, unexpected, lost } = await rush.stop();
    const youngReport = await second.stop();
    const locks = await endWatch();

    return {
      products,
      expandSeconds,
      contractSeconds,
      requests: oldReport.requests + youngReport.requests,
      bought,
      unexpected: [oldReport, youngReport]
        .flatMap(({ unexpectedBy, stale, reads }) => [
          ...Object.entries(unexpectedBy).map(([what, count]) => `${count} × ${what}`),
          ...(stale > 0 ? [`${stale} × a write was not read back`] : []),
          ...(reads.backwards > 0 ? [`${reads.backwards} × a read went backwards`] : []),
        ])
        .concat(unexpected),
      missingRows: await missingRows(adminUrl),
      lostUnits: lost,
      locks,
    };
  } finally {
    for (const release of releases.reverse()) await release();
  }
}
