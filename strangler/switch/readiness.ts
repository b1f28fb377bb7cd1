// Whether a service may be asked for reads: only when it has every table, and everything flows both ways.
import type { Replica } from '../ownership/replica.ts';
import { readStatus, type Status } from '../ownership/status.ts';

/** @returns why not, with what to do about it; undefined where it may. */
export const whyNotReady = async (replica: Replica): Promise<string | undefined> =>
  judge(await readStatus(replica));

/** Of a status alone. */
export function judge({ capability, phase, copying, directions, problems }: Status): string | undefined {
  const look = `npm run switch -- status ${capability}`;
  const [problem] = problems;
  if (phase === 'monolith')
    return problem === undefined
      ? `${capability} is not replicated: npm run switch -- replicate ${capability}`
      : `nobody knows whether ${capability} is replicated, ${problem}`;
  const tables = directions[0]?.subscription?.tables ?? [];
  const ready = tables.filter(({ state }) => state === 'ready').length;
  if (copying)
    return `the first copy of ${capability} is under way, ${ready} of ${tables.length} tables are ready: wait for ${look}`;
  if (problem !== undefined) return `${capability} is not in step, ${problem}: ${look}`;
  if (tables.length === 0) return `no table of ${capability} is replicated: ${look}`;
  return undefined;
}
