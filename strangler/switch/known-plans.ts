// What the commands know of the plans: from the switch, or from its database while it does not run.
import { databaseUrl, ownerNames, withClient } from '#platform/postgres/owners.ts';
import { databaseExists } from '#platform/postgres/server.ts';
import { SetupError } from '#platform/setup-error.ts';
import { planFromWire } from '../plans/messages.ts';
import { SwitchGone, withSwitch } from './client.ts';
import type { Query } from './database.ts';
import { countsFromWire } from './messages.ts';
import type { ShadowCounts } from './evidence-store.ts';
import { readPlans, type StoredPlan } from './plan-store.ts';

export interface Known {
  /** By the name of the capability, one that was never planned is not among them; null where nobody can tell. */
  readonly plans: ReadonlyMap<string, StoredPlan> | null;
  /** By the name of the capability; null where only the switch could tell. */
  readonly shadow: ReadonlyMap<string, ShadowCounts> | null;
  /** One line each: what is wrong with the switch. */
  readonly problems: readonly string[];
}

/** Never fails. @param plansUrl of the switch's database, as an administrator; undefined where there is none. */
export async function readKnown(plansUrl: string | undefined): Promise<Known> {
  try {
    return await askSwitch();
  } catch (error) {
    if (!(error instanceof SwitchGone)) throw error;
    const problems = [error.message];
    if (plansUrl === undefined) return { plans: new Map(), shadow: null, problems };
    try {
      return { plans: byCapability(await withDatabase(plansUrl, readPlans)), shadow: null, problems };
    } catch (unreadable) {
      if (!(unreadable instanceof SetupError)) throw unreadable;
      return { plans: null, shadow: null, problems: [...problems, unreadable.message] };
    }
  }
}

/** What it tells is good to have, and not worth a long wait. */
const SOON = { deadlineMs: 3_000 };

const askSwitch = (): Promise<Known> =>
  withSwitch(async (client) => {
    const { plans } = await client.listPlans({}, SOON);
    const { capabilities } = await client.listShadowCounts({}, SOON);
    return {
      plans: byCapability(plans.map(planFromWire)),
      shadow: new Map(capabilities.map(({ capability, counts }) => [capability, countsFromWire(counts)])),
      problems: [],
    };
  });

const byCapability = (plans: readonly StoredPlan[]) => new Map(plans.map((plan) => [plan.capability, plan]));

/** @returns undefined where no switch has ever kept a plan on that server. */
export async function findPlansDatabase(serverUrl: string, prefix: string): Promise<string | undefined> {
  const { database } = ownerNames(prefix, 'switch');
  return (await databaseExists(serverUrl, database)) ? databaseUrl(serverUrl, database) : undefined;
}

/** @throws {SetupError} one line, where the plans cannot be read: nobody goes on as if there were none. */
export async function withDatabase<T>(url: string, use: (query: Query) => Promise<T>): Promise<T> {
  let connected = false;
  try {
    return await withClient(url, (client) => {
      connected = true;
      return use(async (text, values = []) => (await client.query(text, [...values])).rows as never);
    });
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    if (connected && code !== NO_TABLE) throw error;
    throw new SetupError(
      `the plans cannot be read (${message}): npm start puts the switch's database in order`,
      {
        cause: error,
      },
    );
  }
}

/** A start was killed between making the database and filling it. */
const NO_TABLE = '42P01';
