// Begins to replicate a capability's tables, both ways: every step looks first at what stands already, so that after
// a crash of anything the same command goes on where it stopped.
import { failpoint } from '#platform/failpoints.ts';
import { SetupError } from '#platform/setup-error.ts';
import { verifyRoundTrip } from './heartbeats.ts';
import {
  copySlots,
  installAtMonolith,
  installAtService,
  recordedReplica,
  recordReplica,
  refuseForeignState,
} from './install.ts';
import { withLock } from './lock.ts';
import { checkPreconditions } from './preconditions.ts';
import { FORWARD, OWN_TABLES, REVERSE, streamName, type Replica, type Side } from './replica.ts';
import { withSides, type SideDatabase } from './side-database.ts';
import {
  createSlot,
  createSubscription,
  dropSlots,
  enableSubscription,
  ensurePublication,
  readSubscription,
  refreshSubscription,
  slotExists,
  subscribedTables,
  updateConnection,
} from './subscriptions.ts';
import { waitForCopy, type CopyOptions } from './wait-for-copy.ts';

export interface Replicated {
  readonly capability: string;
  /** The capability's own. */
  readonly tables: readonly string[];
  readonly seconds: number;
  /** Milliseconds that a heartbeat took to each side. */
  readonly heartbeatMs: Readonly<Record<Side, number>>;
  /** What the servers should be given before more is asked of them. */
  readonly advice: readonly string[];
}

type Sides = Readonly<Record<Side, SideDatabase>>;

/** @throws {SetupError} one line for each thing that stands in the way, with its remedy. */
export async function replicate(replica: Replica, options: CopyOptions = {}): Promise<Replicated> {
  const begin = performance.now();
  return withSides(replica, async (sides) => {
    const { tables, advice } = await withLock([sides.monolith, sides.service], () => prepare(replica, sides));
    await waitForCopy(replica, sides, options);
    await failpoint('replicate.copied');
    const heartbeatMs = await verifyRoundTrip(replica, sides);
    const seconds = (performance.now() - begin) / 1_000;
    return { capability: replica.capability, tables, seconds, heartbeatMs, advice };
  });
}

async function prepare(replica: Replica, sides: Sides) {
  const { monolith, service } = sides;
  await refuseForeignState(replica, sides);
  const { problems, tables, advice } = await checkPreconditions(replica, sides);
  if (problems.length > 0) throw new SetupError(problems.join('\n'));
  const [forward, reverse] = await Promise.all([
    readSubscription(replica, service, FORWARD),
    readSubscription(replica, monolith, REVERSE),
  ]);
  if (forward?.slot === null || reverse?.slot === null)
    throw new SetupError(`a stop has not ended: npm run switch -- stop ${replica.capability}`);

  await failpoint('replicate.begin');
  await installAtMonolith(replica, monolith);
  await failpoint('replicate.monolith-installed');
  await installAtService(replica, service, forward === undefined);
  await failpoint('replicate.service-installed');

  // Before the slots: a slot knows only the publications that stood when it was made.
  const published = [...tables, ...OWN_TABLES];
  await ensurePublication(replica, monolith, published);
  await failpoint('replicate.monolith-published');
  await ensurePublication(replica, service, published);
  await failpoint('replicate.service-published');

  await receiveAtService(replica, sides);
  await receiveAtMonolith(replica, sides);
  await includeNewTables(replica, sides, published);
  await failpoint('replicate.subscribed');
  return { tables, advice };
}

async function receiveAtService(replica: Replica, { monolith, service }: Sides): Promise<void> {
  const slot = streamName(replica, FORWARD);
  let subscription = await readSubscription(replica, service, FORWARD);
  const recorded = await recordedReplica(replica, monolith);
  if (subscription === undefined) {
    if (recorded !== undefined)
      await refuseSecondService(replica, recorded.database, service, recorded.systemIdentifier);
    // One of an earlier try has kept changes that the copy will bring anyway.
    await dropSlots(monolith, `^${slot}$`);
    if (recorded !== undefined) await dropSlots(monolith, copySlots(recorded));
    await createSlot(monolith, slot);
    await failpoint('replicate.forward-slot');
    await createSubscription(replica, service, FORWARD);
    await failpoint('replicate.forward-subscription');
    subscription = await readSubscription(replica, service, FORWARD);
  } else if (!(await slotExists(monolith, slot))) {
    throw new SetupError(
      `the monolith's slot ${slot} is gone, and with it changes that the service has not seen: ` +
        `npm run switch -- stop ${replica.capability} --empty-service, then replicate again`,
    );
  }
  if (subscription === undefined)
    throw new SetupError(`the subscription of ${replica.capability} was removed meanwhile`);
  if (recorded?.subscription !== subscription.oid)
    await recordReplica(replica, monolith, service, subscription.oid);
  await failpoint('replicate.recorded');
  await updateConnection(replica, service, FORWARD);
  if (!subscription.enabled) await enableSubscription(replica, service, FORWARD);
  await failpoint('replicate.forward-enabled');
}

/** Two services that took turns at one monolith would each miss what the other got. */
async function refuseSecondService(
  { capability }: Replica,
  database: string,
  service: SideDatabase,
  systemIdentifier: string,
): Promise<void> {
  if (database === service.database && systemIdentifier === service.systemIdentifier) return;
  throw new SetupError(
    `${capability} is replicated to another database already, ${database}: npm run switch -- stop ${capability} first`,
  );
}

/** Nothing is copied: while the monolith owns, the service has written nothing but heartbeats. */
async function receiveAtMonolith(replica: Replica, { monolith, service }: Sides): Promise<void> {
  const slot = streamName(replica, REVERSE);
  const subscription = await readSubscription(replica, monolith, REVERSE);
  if (subscription === undefined) await dropSlots(service, `^${slot}$`);
  if (!(await slotExists(service, slot))) await createSlot(service, slot);
  await failpoint('replicate.reverse-slot');
  if (subscription === undefined) await createSubscription(replica, monolith, REVERSE);
  else await updateConnection(replica, monolith, REVERSE);
  await failpoint('replicate.reverse-subscription');
  if (subscription?.enabled !== true) await enableSubscription(replica, monolith, REVERSE);
}

/** A table that is published and not subscribed would lose its changes without a word. */
async function includeNewTables(replica: Replica, sides: Sides, published: readonly string[]): Promise<void> {
  for (const direction of [FORWARD, REVERSE]) {
    const subscribed = await subscribedTables(replica, sides[direction.to], direction);
    const names = new Set(subscribed.map(({ table }) => table));
    if (!published.every((table) => names.has(table)))
      await refreshSubscription(replica, sides[direction.to], direction);
  }
}
