import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Status } from '../strangler/ownership/status.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import { run, shopsOfEachTest, type Place } from './testing.ts';
import { startTrouble } from './trouble.ts';

const { place, start } = shopsOfEachTest();

const MIN_KILLS = 5;
const TABLES = ['categories', 'products', 'idempotency_keys'] as const;

test('the acceptance suite passes while the catalog is replicated, and the replication is killed and begun again', async () => {
  const here = await place();
  const shop = await start(here, '--products', '500');
  const replication = troubleReplication(here);
  const { code, output } = await acceptanceSuite(shop).finally(() => replication.stop());
  expect(code === 0 ? '' : output).toBe('');
  expect(replication.kills()).toBeGreaterThanOrEqual(MIN_KILLS);

  // What the suite has written last arrives before the heartbeats that this waits for.
  expect(await run('switch', here.environment, 'replicate', 'catalog')).toMatchObject({ code: 0 });
  const status = await run('switch', here.environment, 'status', '--json');
  const [catalog] = (JSON.parse(status.output) as { capabilities: Status[] }).capabilities;
  expect(catalog).toMatchObject({ phase: 'replicating', problems: [] });
  for (const table of TABLES) {
    const [monolith, service] = [await rowsOf(here, 'monolith', table), await rowsOf(here, 'catalog', table)];
    expect(monolith.length).toBeGreaterThan(0);
    expect(service).toEqual(monolith);
  }
}, 300_000);

/** Replicates, and kills that at one moment and another; each third time it is also stopped, and all copied again. */
function troubleReplication({ environment }: Place) {
  let kills = 0;
  const doSwitch = (...words: string[]) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/switch.ts', ...words], {
      cwd: projectRoot,
      env: childEnvironment(environment),
      stdio: 'ignore',
    });

  const trouble = startTrouble({
    pauseMs: 0,
    async act(round) {
      const replicating = doSwitch('replicate', 'catalog');
      const ended = once(replicating, 'exit');
      const timer = setTimeout(() => replicating.kill('SIGKILL'), 300 + ((round * 170) % 1_100));
      const [, signal] = (await ended) as [number | null, string | null];
      clearTimeout(timer);
      if (signal === 'SIGKILL') kills += 1;
      if (round % 3 === 2) await once(doSwitch('stop', 'catalog', '--empty-service'), 'exit');
    },
  });
  return { ...trouble, kills: () => kills };
}

async function rowsOf({ folder }: Place, owner: string, table: string): Promise<readonly string[]> {
  // The shop's own: it runs, and is found by its folder.
  const { adminUrl } = await openServer({ folder, secrets: openSecrets(folder) });
  return withClient(databaseUrl(adminUrl, `shop_${owner}`), async (admin) => {
    const { rows } = await admin.query<{ row: string }>(
      `SELECT t::text AS row FROM catalog.${table} AS t ORDER BY 1`,
    );
    return rows.map(({ row }) => row);
  });
}
