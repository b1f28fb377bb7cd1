// One shop in one shape: a process of `npm start` on free ports and data of its own, and the verbs that move its reads.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { Shape } from './shapes.ts';

export interface Shop {
  readonly url: string;
  /** The payment provider's. */
  readonly paymentProvider: string;
  /** Where a service listens, as a gRPC client takes it. @throws {SetupError} where there is none of that name. */
  addressOf(service: string): string;
  /** From the call of npm start until it is ready. */
  readonly startSeconds: number;
  /** By role, each with its processes: what of it stands in the ready line, and PostgreSQL. */
  readonly roles: Readonly<Record<string, readonly number[]>>;
  /** @returns what `npm run switch -- <words>` has printed. @throws {SetupError} with what it said last, where it fails. */
  runSwitch(words: readonly string[], signal?: AbortSignal): Promise<string>;
  /** Copies what the shape moves to its services, and has them answer all reads. */
  moveReads(): Promise<void>;
  /** Waits until the reads that are moved arrive where they should. */
  arrive(): Promise<void>;
  stop(): Promise<void>;
}

export interface ShopOptions {
  readonly shape: Shape;
  readonly folder: string;
  /** The same at each start of the same data. */
  readonly postgresPort: number;
  readonly products: number;
  readonly seed: number;
  /** Variables that hold a port: by service, and the others. */
  readonly ports: {
    readonly services: Readonly<Record<string, string>>;
    readonly others: readonly string[];
  };
}

interface Ready {
  readonly shop: string;
  readonly paymentProvider: string;
  readonly pids: Readonly<Record<string, number | readonly number[]>>;
  readonly [service: string]: unknown;
}

/** Passwords are hashed before the traffic only, and cheaply: it takes minutes otherwise. */
const SHOP_SCRYPT_COST = '4';
const ARRIVAL_DEADLINE_MS = 60_000;
/** Of what it has printed, for the message. */
const LINES_KEPT = 5;
/** Neither is part of a shape: one starts all the others, one is another company. */
const NOT_OF_THE_SHAPE = ['start', 'paymentProvider'];
const TITLES: Readonly<Record<string, string>> = { monoliths: 'monolith', loadBalancer: 'load balancer' };

/** @throws {SetupError} where it does not start, with what it said. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { shape, folder, postgresPort, products, seed, ports } = options;
  const environment = {
    SHOP_DATA_DIR: folder,
    // Whatever else runs on the machine, nobody else is in these shops.
    DATABASE_URL: '',
    PAYMENT_PROVIDER_URL: '',
    SHOP_SCRYPT_COST,
    SHOP_LOG_LEVEL: 'error',
    POSTGRES_PORT: String(postgresPort),
    ...Object.fromEntries([...ports.others, ...Object.values(ports.services)].map((name) => [name, '0'])),
  };
  const begin = performance.now();
  const words = ['--json', '--products', String(products), '--seed', String(seed), ...shape.words];
  const child = spawnScript('start', words, environment);
  const ready = await readyLine(child, shape);
  const startSeconds = (performance.now() - begin) / 1_000;
  /** The services took free ports; who calls them by default ports is told which. */
  const found = Object.fromEntries(
    Object.entries(ports.services).map(([name, variable]) => [
      variable,
      /:(\d+)$/.exec(String(ready[name]))?.[1] ?? '0',
    ]),
  );

  async function runSwitch(verb: readonly string[], signal?: AbortSignal): Promise<string> {
    const process = spawnScript('switch', verb, { ...environment, ...found });
    const said = keepLast(process);
    const printed = text(process.stdout);
    const stop = () => process.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    const [code] = (await once(process, 'close')) as [number | null];
    signal?.removeEventListener('abort', stop);
    if (code !== 0) throw new SetupError(`npm run switch -- ${verb.join(' ')} failed: ${said()}`);
    return printed;
  }

  return {
    url: ready.shop,
    paymentProvider: ready.paymentProvider,
    runSwitch,
    addressOf(service) {
      const address = ready[service];
      if (typeof address !== 'string') throw new SetupError(`${shape.name} has no ${service}`);
      return address;
    },
    startSeconds,
    roles: {
      ...rolesIn(ready),
      PostgreSQL: [Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])],
    },
    async moveReads() {
      for (const capability of shape.moved) {
        await runSwitch(['replicate', capability]);
        await runSwitch(['reads', capability, '100']);
      }
    },
    arrive: () => arrive(ready.shop, shape),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const rolesIn = ({ pids }: Ready) =>
  Object.fromEntries(
    Object.entries(pids)
      .filter(([name]) => !NOT_OF_THE_SHAPE.includes(name))
      .map(([name, pid]) => [TITLES[name] ?? name, typeof pid === 'number' ? [pid] : pid]),
  );

const spawnScript = (script: string, words: readonly string[], settings: Readonly<Record<string, string>>) =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `scripts/${script}.ts`, ...words], {
    cwd: projectRoot,
    env: childEnvironment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C on the terminal reaches this program alone, which stops everything in order.
    detached: true,
  });

/** @returns what it said last. */
function keepLast(child: ChildProcess): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        if (lines.length > LINES_KEPT) lines.shift();
      });
  return () => lines.at(-1) ?? 'it said nothing';
}

async function readyLine(child: ChildProcess, { name }: Shape): Promise<Ready> {
  const said = keepLast(child);
  const ready = new Promise<Ready>((resolve) => {
    if (child.stdout)
      createInterface(child.stdout).on('line', (line) => {
        if (line.startsWith('{"type":"ready"')) resolve(JSON.parse(line) as Ready);
      });
  });
  const ended = once(child, 'close').then(() => undefined);
  const first = await Promise.race([ready, ended]);
  if (first === undefined) throw new SetupError(`${name} does not start: ${said()}`);
  return first;
}

/** As a browser: a service is asked by who has seen something, and its cookie says what. @throws {SetupError} */
async function arrive(url: string, { name, moved, path }: Shape): Promise<void> {
  if (moved.length === 0) return;
  const wanted = path.at(-1);
  const cookies = new Map<string, string>();
  const deadline = performance.now() + ARRIVAL_DEADLINE_MS;
  for (;;) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(`${url}/products?pageSize=1`, { headers: { cookie } });
    await answer.text();
    const servedBy = answer.headers.get('x-served-by');
    if (servedBy === wanted) return;
    for (const given of answer.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(given) ?? [];
      cookies.set(key, value);
    }
    if (performance.now() > deadline)
      throw new SetupError(`${name}: reads are still answered by ${servedBy}, and not by ${wanted}`);
    await sleep(50);
  }
}
