// For tests: a topology is judged by the whole acceptance suite, with npm run load beside it, while something is done to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { LoadReport } from '../load/report.ts';
import { childEnvironment } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import { acceptanceSuite } from './testing-acceptance.ts';
import type { RunningShop } from './testing.ts';
import type { Trouble } from './trouble.ts';

/** A state that the topology is brought into, and what is done to it in that state. */
export interface Phase {
  readonly name: string;
  readonly prepare?: () => Promise<unknown>;
  /** What is done again and again, while the suite runs. */
  readonly begin?: () => Trouble;
}

export interface Judgement {
  /** What nobody may meet, each to be read by a person; none where all went well. */
  readonly faults: readonly string[];
  readonly reads: LoadReport['reads'];
  /** How often something was done to it, by phase. */
  readonly troubles: Readonly<Record<string, number>>;
}

/**
 * One load goes on through all phases, and over what lies between them. The verdict on the load generator itself does not
 * count: beside the suite, it has no machine of its own.
 * @throws what went wrong with a phase itself, or where there could be no load at all.
 */
export async function judgeTopology(shop: RunningShop, phases: readonly Phase[]): Promise<Judgement> {
  const load = startLoad(shop.shop);
  const faults: string[] = [];
  const troubles: Record<string, number> = {};
  try {
    for (const { name, prepare, begin } of phases) {
      await prepare?.();
      const trouble = begin?.();
      const suite = await acceptanceSuite(shop, 1).finally(() => trouble?.stop());
      if (suite.code !== 0) faults.push(`${name}: ${suite.output}`);
      troubles[name] = trouble?.rounds() ?? 0;
    }
  } catch (error) {
    await load.stop().catch(() => undefined);
    throw error;
  }
  const { unexpectedBy, examples, reads } = await load.stop();
  faults.push(
    ...Object.entries(unexpectedBy).map(([what, count]) => `${count} × ${what}`),
    ...Object.values(examples)
      .flat()
      .map(({ request, what, servedBy }) => `${request} → ${what} (by ${servedBy})`),
  );
  return { faults, reads, troubles };
}

/**
 * Mostly the administrator's, whose reads can be judged best; and little, since a transaction of the suite may last two
 * seconds, also where many of its customers want the same thing at once.
 */
const LOAD = ['--rate', '9', '--admin', '80', '--customers', '10', '--warmup', '0', '--duration', '3600'];

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
