// Runs `npm start` for a test, as a person would: in a process of its own, on its own ports and data.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { FRONT } from './front.ts';
import { SERVICES, variableOf } from './services.ts';

export interface Ready {
  readonly shop: string;
  readonly paymentProvider: string;
  readonly pids: {
    readonly start: number;
    readonly paymentProvider: number;
    readonly monolith: number;
    /** With --monoliths: instead of `monolith`, and as they were at first. */
    readonly loadBalancer: number;
    readonly monoliths: readonly number[];
  };
}

export interface RunningShop extends Ready {
  /** All that it has printed so far. */
  readonly output: () => string;
  /** Asks it to stop, and waits. @returns its exit code. */
  readonly stop: () => Promise<number | null>;
  /** When it has ended, by itself or not: its exit code. */
  readonly ended: Promise<number | null>;
}

export interface Place {
  readonly folder: string;
  readonly portOffset: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The process of the embedded PostgreSQL, or undefined where none runs. */
  readonly postmaster: () => number | undefined;
  readonly remove: () => void;
}

/** A data folder and a range of ports that nobody else uses. */
export async function newPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-start-'));
  const portOffset = await freeOffset();
  return {
    folder,
    portOffset,
    environment: {
      SHOP_DATA_DIR: folder,
      SHOP_PORT_OFFSET: String(portOffset),
      SHOP_SCRYPT_COST: '4',
      ...servicePorts(portOffset),
      // Not those of whoever runs the tests, nor of the shop that the acceptance suite has started.
      DATABASE_URL: '',
      PAYMENT_PROVIDER_URL: '',
      SHOP_URL: '',
    },
    postmaster() {
      try {
        return Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
      } catch {
        return undefined;
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function freeOffset(): Promise<number> {
  for (let round = 0; round < 100; round += 1) {
    // PostgreSQL's port then lies above those that Linux gives to outgoing connections, of which tests make thousands.
    const offset = 6_700 + Math.floor(Math.random() * 3_300);
    const ports = [
      // Each once: two looks at the same port at a time would each find it taken.
      ...[3000, 4010, 54321, ...(FRONT ? [FRONT.port] : [])].map((port) => port + offset),
      ...Object.values(servicePorts(offset)),
    ];
    const free = await Promise.all(ports.map((port) => isFree(Number(port))));
    if (free.every(Boolean)) return offset;
  }
  throw new Error('no range of ports is free');
}

/** Their default ports, shifted so far, would be among those of outgoing connections; these lie below. */
const servicePorts = (offset: number): Record<string, string> =>
  Object.fromEntries(
    SERVICES.flatMap(({ name }, index) => [
      [variableOf(name, 'PORT'), String(7_000 + offset + 2 * index)],
      [variableOf(name, 'METRICS_PORT'), String(7_001 + offset + 2 * index)],
    ]),
  );

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @throws where it ends before it is ready, with all that it printed. */
export async function startShop(
  environment: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<RunningShop> {
  const child = runScript('start', environment, ['--json', '--products', '50', ...words]);
  const output = collect(child);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = await Promise.race([readyLine(child), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error(output());
  return {
    ...ready,
    output,
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs a command of the project to its end. */
export async function run(script: string, environment: Readonly<Record<string, string>>, ...words: string[]) {
  const child = runScript(script, environment, words);
  const output = collect(child);
  // Not at its exit: what it printed last may not have been read by then.
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output() };
}

function runScript(
  script: string,
  environment: Readonly<Record<string, string>>,
  words: readonly string[],
): ChildProcess {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `scripts/${script}.ts`, ...words],
    {
      cwd: projectRoot,
      env: childEnvironment(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return () => output;
}

function readyLine(child: ChildProcess): Promise<Ready> {
  let rest = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (text: string) => {
      rest += text;
      const line = /^\{"type":"ready".*$/m.exec(rest)?.[0];
      if (line !== undefined && rest.includes(`${line}\n`)) resolve(JSON.parse(line) as Ready);
    });
  });
}

/** Waits until a process is gone, at most ten seconds. */
export async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/**
 * Waits for a line of the log; what is logged last need not arrive before what is printed.
 * @throws where the shop ends without it, with all that it printed.
 */
export async function logged(shop: RunningShop, line: RegExp): Promise<void> {
  let running = true;
  void shop.ended.then(() => (running = false));
  while (!line.test(shop.output())) {
    if (!running) throw new Error(`the shop has ended without ${line}:\n${shop.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const post = (shop: RunningShop, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${shop.shop}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** For a test file: places and shops, of which nothing is left after each test. */
export function shopsOfEachTest() {
  let places: Place[] = [];
  let shops: RunningShop[] = [];

  const stopAfterwards = (shop: RunningShop): RunningShop => {
    shops.push(shop);
    return shop;
  };

  afterEach(async () => {
    await Promise.all(shops.map((shop) => shop.stop()));
    for (const { postmaster, remove } of places) {
      const pid = postmaster();
      if (pid !== undefined && !isGone(pid)) process.kill(pid, 'SIGINT');
      if (pid !== undefined) await gone(pid);
      remove();
    }
    places = [];
    shops = [];
  });

  return {
    stopAfterwards,
    place: async (): Promise<Place> => {
      const made = await newPlace();
      places.push(made);
      return made;
    },
    start: async (at: Place, ...words: string[]) => stopAfterwards(await startShop(at.environment, ...words)),
  };
}

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}
