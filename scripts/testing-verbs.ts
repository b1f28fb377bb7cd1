// For tests of the verbs that move the right to write: the databases of a shop on a server of the tests' own, replicated.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '#platform/children.ts';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { databaseUrl, withClient } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { openServer } from '#platform/postgres/server.ts';
import { openSecrets } from '#platform/secrets.ts';
import type { Step } from '../strangler/switch/plan-store.ts';
import type { Pair } from '../strangler/ownership/testing.ts';
import { newPlace, run } from './testing.ts';

const schema = readFileSync(join(projectRoot, 'strangler/ownership/testing-schema.sql'), 'utf8');
const OWNERS = { monolith: 'monolith', service: 'catalog' } as const;

/** A command that runs on its own. */
export interface Running {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

export type MovesPlace = Awaited<ReturnType<typeof openMovesPlace>>;

/** A machine that is busy lags, pauses and starts late: a move does not hang on it. What a test says comes last. */
export function withRoom([verb = '', ...words]: readonly string[]): readonly string[] {
  if (verb !== 'writes' && verb !== 'plan') return [verb, ...words];
  const room = [
    '--max-lag',
    '60000',
    '--max-transaction',
    '60000',
    ...(verb === 'writes' ? ['--max-pause', '60000'] : []),
  ];
  return [verb, ...room, ...words];
}

export async function openMovesPlace() {
  const place = await newPlace();
  mkdirSync(place.folder, { recursive: true });
  const server = await openServer({
    folder: place.folder,
    secrets: openSecrets(place.folder),
    disposable: true,
  });
  const urlOf = (owner: string) => databaseUrl(server.adminUrl, `shop_${owner}`);
  const urls = { monolith: urlOf(OWNERS.monolith), service: urlOf(OWNERS.service) };
  const sql: Pair['sql'] = (side, text, values) =>
    withClient<never[]>(urls[side], async (client) => (await client.query<never>(text, values)).rows);

  for (const side of ['monolith', 'service'] as const) {
    await withClient(server.adminUrl, (admin) => admin.query(`CREATE DATABASE shop_${OWNERS[side]}`));
    await sql(side, schema);
  }
  const { appUrl } = await prepareOwner(server.adminUrl, 'shop', 'switch', () => 'pw');
  let control: Child | undefined;

  function begin(environment: Readonly<Record<string, string>>, ...words: string[]): Running {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'scripts/switch.ts', ...words],
      {
        cwd: projectRoot,
        env: childEnvironment({ ...place.environment, ...environment }),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
    if (child.pid === undefined) throw new Error('it did not start');
    return { pid: child.pid, output: () => output, ended };
  }

  return {
    pair: { sql, urls },
    folder: place.folder,
    planUrl: urlOf('switch'),
    serverUrl: server.adminUrl,
    doSwitch: (...words: string[]) => run('switch', place.environment, ...withRoom(words)),
    begin: (...words: string[]) => begin({}, ...withRoom(words)),
    /** @returns what it printed. @throws where it was not killed there. */
    async killAt(failpoint: string, ...words: string[]): Promise<string> {
      const { code, output } = await begin({ SHOP_FAILPOINT: failpoint }, ...withRoom(words)).ended;
      if (code !== null) throw new Error(`it was not killed at ${failpoint}:\n${output}`);
      return output;
    },
    async startSwitch(): Promise<Child> {
      control = await startChild('switch', 'strangler/switch/main.ts', {
        ...place.environment,
        SWITCH_METRICS_PORT: '0',
        SWITCH_DATABASE_URL: appUrl,
        SWITCH_SERVER_URL: server.adminUrl,
        SHOP_LOG_LEVEL: 'error',
      });
      return control;
    },
    /** As `epoch attempt owner state`. */
    async rowAt(side: 'monolith' | 'service'): Promise<string | undefined> {
      const [row] = await sql<{ row: string }>(
        side,
        `SELECT concat_ws(' ', epoch, attempt, owner, state) AS row FROM catalog.ownership`,
      );
      return row?.row;
    },
    /** What the audit log has of moves, the oldest first. */
    async steps(): Promise<readonly (Step & { readonly who: string })[]> {
      return withClient(urlOf('switch'), async (client) => {
        const { rows } = await client.query<{ step: Step; who: string }>(
          `SELECT after -> 'step' AS step, who FROM switch.audit_entries WHERE after ? 'step' ORDER BY id`,
        );
        return rows.map(({ step, who }) => ({ ...step, who }));
      });
    },
    async close() {
      await control?.stop();
      await server.stop();
      place.remove();
    },
  };
}
