// The last plans that a process was told, in a file: what it begins with when the switch is dead.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Logger } from '#platform/logger.ts';
import { writeWhole } from '#platform/write-whole.ts';
import type { Plan, Plans } from './plan.ts';

const percent = z.int().min(0).max(100);
const fileShape = z.object({
  plans: z.array(
    z.object({
      capability: z.string().min(1),
      reads: z.object({ servicePercent: percent, shadowPercent: percent }),
      phase: z.enum(['monolith', 'replicating', 'shadowing', 'canary', 'reads-on-service']),
      version: z.int().min(0),
    }),
  ),
});

export interface SavedPlans {
  /** None where there is no file; none, with a warning, where it cannot be read. */
  readonly load: () => Plans;
  /** Whole or not at all, whenever the process or the machine dies. A failure is a warning. */
  readonly save: (plans: Plans) => void;
  /** Waits for what is being saved. */
  readonly settled: () => Promise<void>;
}

export function openSavedPlans(file: string, log: Logger): SavedPlans {
  let writing = Promise.resolve();
  return {
    load() {
      try {
        const { plans } = fileShape.parse(JSON.parse(readFileSync(file, 'utf8')));
        return byCapability(plans);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn(
            { err: error },
            `the saved plans in ${file} cannot be read: everything goes to the monolith`,
          );
        return new Map();
      }
    },
    save(plans) {
      const text = `${JSON.stringify({ plans: [...plans.values()] }, null, 2)}\n`;
      writing = writing
        .then(() => writeWhole(file, text))
        .catch((error: unknown) => log.warn({ err: error }, `the plans cannot be saved in ${file}`));
    },
    settled: () => writing,
  };
}

const byCapability = (plans: readonly Plan[]): Plans => new Map(plans.map((plan) => [plan.capability, plan]));
