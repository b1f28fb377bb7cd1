// For tests: a topology is judged by the whole acceptance suite, with npm run load beside it, while something is done to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport } from '../load/report.ts';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import type { RunningShop } from './testing.ts';
import type { Trouble } from './trouble.ts';

export interface Judgement {
  /** What nobody may meet, each to be read by a person; none where all went well. */
  readonly faults: readonly string[];
  readonly reads: LoadReport['reads'];
  /** How often something was done to it. */
  readonly troubles: number;
}

/** Long enough for more reads after writes than prove something, however fast the suite is. */
const AT_LEAST_MS = 90_000;

/**
 * The verdict on the load generator itself does not count: beside the suite, it has no machine of its own.
 * @param shop another address of it may stand in for its own.
 * @param begin what is done meanwhile, if anything.
 * @throws what went wrong with that, or where there could be no load at all.
 */
export async function judgeTopology(shop: RunningShop, begin?: () => Trouble): Promise<Judgement> {
  const load = startLoad(shop.shop);
  const trouble = begin?.();
  const judged = Promise.all([acceptanceSuite(shop), sleep(AT_LEAST_MS)]).finally(() => trouble?.stop());
  const [suite] = await judged.catch(async (error: unknown) => {
    await load.stop().catch(() => undefined);
    throw error;
  });
  const { unexpectedBy, examples, reads } = await load.stop();
  return {
    faults: [
      ...(suite.code === 0 ? [] : [suite.output]),
      ...Object.entries(unexpectedBy).map(([what, count]) => `${count} × ${what}`),
      ...Object.values(examples)
        .flat()
        .map(({ request, what, servedBy }) => `${request} → ${what} (by ${servedBy})`),
    ],
    reads,
    troubles: trouble?.rounds() ?? 0,
  };
}

/**
 * Mostly the administrator's, whose reads can be judged best; and little, since a transaction of the suite may last two
 * seconds, also where many of its customers want the same thing at once.
 */
const LOAD = ['--rate', '15', '--admin', '80', '--customers', '10', '--warmup', '0', '--duration', '3600'];

/** @returns what ends it. Until then it goes on, whatever it meets. */
function startLoad(url: string): { readonly stop: () => Promise<LoadReport> } {
  const child = spawn(process.execPath, ['scripts/load.ts', '--url', url, '--json', ...LOAD], {
    cwd: projectRoot,
    env: childEnvironment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {
    async stop() {
      child.kill('SIGINT');
      const [output, complaints] = await printed;
      if (!output.startsWith('{')) throw new Error(`there was no load: ${complaints}`);
      return JSON.parse(output) as LoadReport;
    },
  };
}
