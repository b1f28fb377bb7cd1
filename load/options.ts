// What a run can be told, with the defaults, and what it refuses.
import { SetupError } from '#platform/setup-error.ts';
import { DEFAULT_MIX, type Mix } from './mix.ts';
import type { Arrivals } from './schedule.ts';

export interface LoadOptions {
  /** Where the shop is. */
  readonly url: string;
  /** Targets beyond this machine are refused without it. */
  readonly allowRemote?: boolean;
  /** Actions a second; some take a second or a third request. */
  readonly rate?: number;
  /** Seconds that are measured; may be Infinity, where a signal ends the run. */
  readonly duration?: number;
  /** Seconds of the same traffic before that. */
  readonly warmup?: number;
  readonly arrivals?: Arrivals;
  /** The same number gives the same actions at the same times. */
  readonly seed?: number;
  readonly mix?: Mix;
  /** How many of the actions are the administrator's. */
  readonly adminPercent?: number;
  /** How many of the checkouts are paid for with a card that is declined. */
  readonly declinedPercent?: number;
  readonly customers?: number;
  /** Seconds that an answer may take. */
  readonly timeout?: number;
  /** Actions; more are dropped. */
  readonly maxInFlight?: number;
  /** Whether a run with too few reads after writes, or none of them by a service, has no verdict. */
  readonly proveReads?: boolean;
  /** Ends the run early: what is in flight is answered, and the report made. */
  readonly signal?: AbortSignal;
}

export type CompleteOptions = Required<LoadOptions>;

export const DEFAULTS = {
  allowRemote: false,
  rate: 50,
  duration: 30,
  warmup: 3,
  arrivals: 'constant',
  seed: 1,
  mix: DEFAULT_MIX,
  adminPercent: 5,
  declinedPercent: 5,
  customers: 50,
  timeout: 10,
  maxInFlight: 1_000,
  proveReads: false,
} as const satisfies Partial<LoadOptions>;

/** Beyond that one process can not keep its own times. */
const MAX_RATE = 10_000;
const MAX_CUSTOMERS = 10_000;
const MAX_TIMEOUT_S = 600;

/** @throws {SetupError} one line that names what is wrong. */
export function completeOptions(given: LoadOptions): CompleteOptions {
  const options = { signal: new AbortController().signal, ...DEFAULTS, ...given };
  const { rate, duration, warmup, adminPercent, declinedPercent, customers, timeout, maxInFlight } = options;
  demand(rate > 0 && rate <= MAX_RATE, `the rate must be above 0 and at most ${MAX_RATE} a second`);
  demand(duration > 0, 'the duration must be above 0 seconds');
  demand(warmup >= 0, 'the warm-up must not be negative');
  demand(isPercent(adminPercent), "the administrator's share must be from 0 to 100 percent");
  demand(isPercent(declinedPercent), 'the share of declined payments must be from 0 to 100 percent');
  demand(customers >= 1 && customers <= MAX_CUSTOMERS, `there must be 1 to ${MAX_CUSTOMERS} customers`);
  demand(timeout > 0 && timeout <= MAX_TIMEOUT_S, `the timeout must be from 1 to ${MAX_TIMEOUT_S} seconds`);
  demand(maxInFlight >= 1, 'at least one action must be allowed in flight');
  return { ...options, url: targetOf(options.url, options.allowRemote) };
}

const isPercent = (value: number) => value >= 0 && value <= 100;

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new SetupError(otherwise);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Load on somebody else's machine is an attack, unless somebody has meant it. */
function targetOf(url: string, allowRemote: boolean): string {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol) || target.pathname !== '/')
    throw new SetupError(`${url} is not the address of a shop, like http://localhost:3000`);
  demand(
    allowRemote || LOOPBACK.test(target.hostname),
    `${target.host} is not this machine: add --allow-remote if that shop is yours to load`,
  );
  return target.origin;
}
