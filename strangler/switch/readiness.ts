// Whether a service may be asked for reads: only when it has every table, and everything flows both ways.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Replica } from '../ownership/replica.ts';
import { readStatus, type Status } from '../ownership/status.ts';

/** What passes by itself, passes soon: a worker that was started again, the first heartbeat after a pause. */
const PATIENCE_MS = 3_000;
const POLL_MS = 100;

/** @returns why not, with what to do about it; undefined where it may. */
export async function whyNotReady(replica: Replica): Promise<string | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const refusal = judge(await readStatus(replica));
    if (refusal === undefined) return undefined;
    if (!refusal.mayPass || performance.now() > deadline) return refusal.reason;
    await sleep(POLL_MS);
  }
}

interface Refusal {
  readonly reason: string;
  /** Whether it is one of those that may be over in a moment. */
  readonly mayPass: boolean;
}

function judge({ capability, phase, copying, directions, problems }: Status): Refusal | undefined {
  const look = `npm run switch -- status ${capability}`;
  const [problem] = problems;
  const refuse = (reason: string, mayPass = false): Refusal => ({ reason, mayPass });
  if (phase === 'monolith')
    return refuse(
      problem === undefined
        ? `${capability} is not replicated: npm run switch -- replicate ${capability}`
        : `nobody knows whether ${capability} is replicated, ${problem}`,
    );
  const tables = directions[0]?.subscription?.tables ?? [];
  const ready = tables.filter(({ state }) => state === 'ready').length;
  if (copying)
    return refuse(
      `the first copy of ${capability} is under way, ${ready} of ${tables.length} tables are ready: wait for ${look}`,
    );
  if (problem !== undefined) return refuse(`${capability} is not in step, ${problem}: ${look}`, true);
  return tables.length === 0 ? refuse(`no table of ${capability} is replicated: ${look}`) : undefined;
}
