// The switch over gRPC: every call of its contract.
import { z } from 'zod';
import { SwitchServiceService } from '../../generated/protos/shop/strangler/v1/strangler.ts';
import { notFound } from '#platform/errors.ts';
import { serve, type ServedService } from '#platform/grpc/serve.ts';
import { decodePageToken, encodePageToken } from '#platform/http/page-token.ts';
import type { Replica } from '../ownership/replica.ts';
import { planToWire } from '../plans/messages.ts';
import { defaultPlan } from '../plans/plan.ts';
import type { PlanBoard } from './board.ts';
import type { SwitchDatabase } from './database.ts';
import { readMismatches, readShadow, storeMismatches, storeShadow } from './evidence-store.ts';
import { countsFromWire, entryToWire, mismatchFromWire, mismatchToWire, shadowToWire } from './messages.ts';
import { readAudit, readPlan, readPlans } from './plan-store.ts';
import { setPlan } from './set-plan.ts';

/** A watcher who hears nothing for several times as long has lost the switch. */
const TELL_EVERY_MS = 1_000;
const DEFAULT_PAGE_SIZE = 20;

export function switchService(
  database: SwitchDatabase,
  board: PlanBoard,
  replicas: readonly Replica[],
): ServedService {
  const { query } = database;

  return serve(SwitchServiceService, {
    async getPlan({ capability }) {
      requireKnown(capability);
      const plan = (await readPlan(query, capability)) ?? defaultPlan(capability);
      return { plan: planToWire(board.complete(plan)) };
    },

    async listPlans() {
      const stored = new Map((await readPlans(query)).map((plan) => [plan.capability, plan]));
      const plans = replicas.map(({ capability }) => stored.get(capability) ?? defaultPlan(capability));
      return { plans: plans.map((plan) => planToWire(board.complete(plan))) };
    },

    async setPlan({ servicePercent, shadowPercent, version, ...request }) {
      const reads = { servicePercent, shadowPercent };
      const change = { ...request, reads, version: Number(version) };
      return { plan: planToWire(await setPlan(change, database, board, replicas)) };
    },

    async *watchPlans(_request, { signal }) {
      while (!signal.aborted) {
        const plans = board.plans();
        yield { plans: [...plans.values()].map(planToWire) };
        await board.changed(plans, TELL_EVERY_MS, signal);
      }
    },

    async listAuditEntries({ capability, ...page }) {
      if (capability !== undefined) requireKnown(capability);
      const { items, nextPageToken } = await readPage({
        question: ['audit', capability ?? null],
        page,
        read: (limit, before) => readAudit(query, capability, limit, before),
        keyOf: ({ id }) => id,
      });
      return { entries: items.map(entryToWire), nextPageToken };
    },

    async reportMismatches({ mismatches }) {
      for (const { capability } of mismatches) requireKnown(capability);
      await database.inSession((session) => storeMismatches(session, mismatches.map(mismatchFromWire)));
      return {};
    },

    async listMismatches({ capability, ...page }) {
      requireKnown(capability);
      const { items, nextPageToken } = await readPage({
        question: ['mismatches', capability],
        page,
        read: (limit, before) => readMismatches(query, capability, limit, before),
        keyOf: ({ arrival }) => arrival,
      });
      return { mismatches: items.map(mismatchToWire), nextPageToken };
    },

    async reportShadow({ capability, reporter, counts }) {
      requireKnown(capability);
      await storeShadow(query, capability, reporter, countsFromWire(counts));
      return {};
    },

    listShadowCounts: async () => ({ capabilities: (await readShadow(query)).map(shadowToWire) }),
  });

  function requireKnown(capability: string): void {
    if (!replicas.some((replica) => replica.capability === capability))
      throw notFound('capability', capability);
  }
}

interface PageOptions<Item> {
  readonly question: readonly unknown[];
  readonly page: { readonly pageSize: number; readonly pageToken: string };
  readonly read: (limit: number, before: string | undefined) => Promise<readonly Item[]>;
  /** What the next page begins after. */
  readonly keyOf: (item: Item) => string;
}

async function readPage<Item>({ question, page, read, keyOf }: PageOptions<Item>) {
  const size = page.pageSize || DEFAULT_PAGE_SIZE;
  const before = page.pageToken === '' ? undefined : decodePageToken(page.pageToken, question, z.uuid());
  // One more than asked for tells whether there is a next page.
  const found = await read(size + 1, before);
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  return { items, nextPageToken: last === undefined ? '' : encodePageToken(question, keyOf(last)) };
}
