// For the tests beside it: a provider in this process or in one of its own, and a caller that speaks HTTP to it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '#platform/config.ts';
import { listen } from '#platform/http/server.ts';
import { createLogger } from '#platform/logger.ts';
import { buildApp } from './app.ts';
import { openLedger, type Ledger } from './ledger.ts';

const silent = createLogger({ name: 'provider', level: 'silent', format: 'json' });

const folder = await mkdtemp(join(tmpdir(), 'payment-provider-'));
afterAll(() => rm(folder, { recursive: true }));

let ledgers = 0;
export const newLedgerFile = () => join(folder, `${++ledgers}`, 'ledger.jsonl');

/** A test that fails half-way leaves no process behind, nor a run that never ends. */
const LIFETIME_MS = 20_000;

export interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Caller {
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Of 12.99 EUR, unless told otherwise. */
  charge(
    key: string,
    token: string,
    other?: { amount?: number; currency?: string; signal?: AbortSignal },
  ): Promise<Reply>;
  /** The types of the key's ledger entries, in order. */
  history(key: string): Promise<string[]>;
}

export function callerOf(url: string): Caller {
  async function call(path: string, init?: RequestInit): Promise<Reply> {
    const response = await fetch(url + path, init);
    const body = (await response.json()) as Reply['body'];
    return { status: response.status, type: response.headers.get('content-type'), body };
  }
  const send = (path: string, body: unknown, headers = {}, signal: AbortSignal | null = null) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal,
    });
  return {
    get: (path) => call(path),
    post: (path, body, headers) => send(path, body, headers),
    charge: (key, token, { amount = 1299, currency = 'EUR', signal } = {}) =>
      send('/charges', { token, amount, currency }, { 'idempotency-key': key }, signal),
    async history(key) {
      const { body } = await call(`/ledger?key=${encodeURIComponent(key)}`);
      return (body['entries'] as { type: string }[]).map(({ type }) => type);
    },
  };
}

/** A provider in this process, on an empty ledger. */
export async function startProvider({ slowMs = 500 } = {}): Promise<
  Caller & AsyncDisposable & { ledger: Ledger; stop(): Promise<void> }
> {
  const ledger = await openLedger(newLedgerFile());
  const stopping = new AbortController();
  const app = buildApp({ ledger, log: silent, slowMs, stopping: stopping.signal });
  const server = await listen(app, { host: '127.0.0.1', port: 0, name: 'payment provider' });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopping.abort();
    return (stopped ??= server.stop(0).then(() => ledger.close()));
  };
  return {
    ...callerOf(`http://127.0.0.1:${server.port}`),
    ledger,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export interface ProviderProcess extends Caller, AsyncDisposable {
  readonly port: number;
  /** @returns the exit code; null if the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A provider in a process of its own, on any ledger; it is killed when it is disposed of. */
export async function spawnProvider(ledgerFile: string): Promise<ProviderProcess> {
  const child = spawnMain(ledgerFile, 0);
  const [{ port }] = (await Promise.race([once(child, 'message'), failWhenItExits(child)])) as [
    { port: number },
  ];
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return (await exited)[0];
  };
  return {
    ...callerOf(`http://127.0.0.1:${port}`),
    port,
    end,
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

/** The exit code and what was said on stderr, of a provider that is expected not to start. */
export async function failToStart(ledgerFile: string, port: number): Promise<{ code: number; said: string }> {
  const child = spawnMain(ledgerFile, port);
  let said = '';
  child.stderr?.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

function spawnMain(ledgerFile: string, port: number): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: childEnvironment({
      PAYMENT_PROVIDER_PORT: String(port),
      PAYMENT_PROVIDER_LEDGER: ledgerFile,
      SHOP_LOG_LEVEL: 'error',
    }),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    timeout: LIFETIME_MS,
    killSignal: 'SIGKILL',
  });
}

async function failWhenItExits(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the provider ended with ${code} before it listened`);
}

/** Waits until the condition holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(5);
}
