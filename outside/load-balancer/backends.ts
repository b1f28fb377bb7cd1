// The processes behind: which of them are ready, found out by asking, and whose turn it is.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Logger } from '#platform/logger.ts';

/** An answer is held in memory until it is whole; the shop's largest is a script of two megabytes. */
const ANSWER_LIMIT_BYTES = 16 * 1024 * 1024;
const CHECK_TIMEOUT_MS = 3_000;

export interface Backend {
  readonly url: string;
  readonly pool: Pool;
}

export interface BackendsOptions {
  readonly checkIntervalMs: number;
  readonly patienceMs: number;
}

export interface Backends {
  /** From now on these and no others. Resolves when each has been asked once whether it is ready. */
  set(urls: readonly string[]): Promise<void>;
  /** The ready one whose turn it is, after a wait if need be. @returns undefined where none became ready in time. */
  next(signal: AbortSignal): Promise<Backend | undefined>;
  /** Takes one out that broke a connection, until it says again that it is ready. */
  failed(backend: Backend): void;
  readonly someReady: () => boolean;
  close(): Promise<void>;
}

interface Member extends Backend {
  ready: boolean;
  readonly removed: AbortController;
}

export function createBackends({ checkIntervalMs, patienceMs }: BackendsOptions, log: Logger): Backends {
  let members: Member[] = [];
  let turn = 0;
  const waiting = new Set<() => void>();

  function mark(member: Member, ready: boolean, why: string): void {
    if (member.ready === ready || member.removed.signal.aborted) return;
    member.ready = ready;
    log.info(`${member.url} is ${ready ? 'ready' : 'out'}: ${why}`);
    if (ready) for (const wake of waiting) wake();
  }

  async function check(member: Member): Promise<void> {
    try {
      const { statusCode, body } = await member.pool.request({
        method: 'GET',
        path: '/health/ready',
        signal: AbortSignal.any([AbortSignal.timeout(CHECK_TIMEOUT_MS), member.removed.signal]),
      });
      await body.dump();
      mark(member, statusCode === 200, `it answers ${statusCode}`);
    } catch (error) {
      mark(member, false, String(error));
    }
  }

  async function keepChecking(member: Member): Promise<void> {
    const { signal } = member.removed;
    while (!signal.aborted) {
      await sleep(checkIntervalMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await check(member);
    }
  }

  async function add(url: string): Promise<void> {
    const pool = new Pool(url, { maxResponseSize: ANSWER_LIMIT_BYTES, headersTimeout: 0, bodyTimeout: 0 });
    const member: Member = { url, pool, ready: false, removed: new AbortController() };
    members.push(member);
    await check(member);
    void keepChecking(member);
  }

  /** What it is answering still, it may answer. */
  function remove(member: Member): Promise<void> {
    member.ready = false;
    member.removed.abort();
    return member.pool.close();
  }

  async function set(urls: readonly string[]): Promise<void> {
    const gone = members.filter(({ url }) => !urls.includes(url));
    members = members.filter((member) => !gone.includes(member));
    for (const member of gone) void remove(member);
    const known = new Set(members.map(({ url }) => url));
    await Promise.all(urls.filter((url) => !known.has(url)).map(add));
  }

  const ready = () => members.filter((member) => member.ready);

  /** Waits until some backend becomes ready, the time is up or the caller has gone. */
  async function change(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  return {
    set,
    async next(signal) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      while (ready().length === 0 && !patience.aborted) await change(patience);
      const candidates = ready();
      return candidates[turn++ % candidates.length];
    },
    failed: (backend) => {
      const member = members.find(({ pool }) => pool === backend.pool);
      if (member) mark(member, false, 'it broke a connection');
    },
    someReady: () => ready().length > 0,
    async close() {
      const last = members;
      members = [];
      await Promise.all(last.map(remove));
    },
  };
}
