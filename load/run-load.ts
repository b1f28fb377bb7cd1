// A whole run: people and goods are prepared, then traffic is sent at the given rate, then the report is made.
import { randomBytes } from 'node:crypto';
import { SetupError } from '#platform/setup-error.ts';
import { createAdminActions } from './admin-actions.ts';
import { openClient, type Client } from './client.ts';
import { createCustomerActions } from './customer-actions.ts';
import { createDice } from './dice.ts';
import { prepareGoods } from './goods.ts';
import { drawAction } from './mix.ts';
import { createOpenLoop } from './open-loop.ts';
import { completeOptions, type CompleteOptions, type LoadOptions } from './options.ts';
import { signInAdmin, signUpCustomers } from './people.ts';
import { watch, type LoadProgress } from './progress.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { buildReport, type LoadReport } from './report.ts';
import { createSchedule } from './schedule.ts';
import { openSession } from './session.ts';
import { createVisit, type Visit } from './visit.ts';

/**
 * Sends traffic to a running shop until the duration is over, or the signal says so, and all is answered.
 * It leaves behind what it made: customers, their orders, and some products with LOAD in their sku.
 * @param onProgress is called about once a second.
 * @returns the report; faults of the shop are in it, and are not thrown.
 * @throws {SetupError} one line, where no traffic can be sent at all.
 */
export async function runLoad(
  given: LoadOptions,
  onProgress: (progress: LoadProgress) => void = () => undefined,
): Promise<LoadReport> {
  const options = completeOptions(given);
  const run = randomBytes(4).toString('hex');
  const client = openClient(options.url, run, options.timeout * 1_000);
  const recorder = createRecorder();
  try {
    const perform = await unlessAborted(options.signal, prepare(options, run, client, recorder, onProgress));
    const seconds = await sendTraffic(options, run, recorder, perform, onProgress);
    return buildReport(recorder.tally, seconds, options);
  } finally {
    await client.close();
  }
}

/** @throws {SetupError} as soon as the signal says so. What the work was about to do fails with the client's end. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new SetupError('interrupted before the traffic began'));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** @returns what does one action, whichever the mix says. */
async function prepare(
  { seed, customers: count, mix, adminPercent, declinedPercent }: CompleteOptions,
  run: string,
  client: Client,
  recorder: Recorder,
  onProgress: (progress: LoadProgress) => void,
): Promise<(visit: Visit) => Promise<void>> {
  const openAdmin = await signInAdmin(client);
  const goods = await prepareGoods(openSession(client), openAdmin, { run, seed });
  const customers = await signUpCustomers(client, run, count, (done) =>
    onProgress({ phase: 'preparing', done, total: count }),
  );
  const visitors = customers.map(() => openSession(client));
  const customerActions = createCustomerActions({ customers, visitors, goods, declinedPercent, recorder });
  const adminActions = createAdminActions({ openAdmin, goods, recorder });
  return (visit) => {
    const { dice } = visit;
    const action = dice.chance(adminPercent)
      ? dice.pick(adminActions)
      : customerActions[drawAction(mix, dice)];
    return action(visit);
  };
}

/** @returns the seconds that were measured. */
async function sendTraffic(
  { rate, arrivals, seed, warmup, duration, maxInFlight, signal }: CompleteOptions,
  run: string,
  recorder: Recorder,
  perform: (visit: Visit) => Promise<void>,
  onProgress: (progress: LoadProgress) => void,
): Promise<number> {
  const measuredFrom = warmup * 1_000;
  const end = measuredFrom + duration * 1_000;
  const startAt = performance.now();
  const loop = createOpenLoop(startAt, {
    schedule: createSchedule({ arrivals, rate, seed }),
    end,
    maxInFlight,
    signal,
    begin(index, due) {
      const dueAt = startAt + due;
      const measured = due >= measuredFrom;
      if (measured) recorder.begun(performance.now() - dueAt);
      const dice = createDice(seed, index);
      return perform(createVisit({ name: `${run}-${index}`, dice, recorder, dueAt, measured }));
    },
    drop: (due) => due >= measuredFrom && recorder.dropped(),
  });
  const stopWatching = watch({ startAt, measuredFrom, end, signal, loop, recorder, onProgress });
  try {
    await loop.run();
    const sentFor = signal.aborted ? performance.now() - startAt : end;
    await loop.settle();
    return Math.max(0, Math.min(sentFor, end) - measuredFrom) / 1_000;
  } finally {
    stopWatching();
  }
}
