// What must hold of a canary: a share of the customers, always the same ones, and no others when it grows.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check } from '../exercise.ts';
import type { Side, StickinessModule } from './ground.ts';

const CUSTOMERS = Array.from({ length: 10_000 }, (_value, index) => `customer ${index}`);
const SOME = CUSTOMERS.slice(0, 1_000);
const STEPS = [0, 1, 5, 25, 50, 75, 100];
const BUCKETS = 10_000;
/** A right share is further off than that once in a million times. */
const SIGMAS = 5;

/** @throws where the exercise's files cannot be loaded at all. */
export async function openChecks(folder: string) {
  const file = pathToFileURL(join(folder, 'stickiness.ts')).href;
  const { bucketOf, sideOf } = (await import(file)) as StickinessModule;
  const served = (percent: number, capability = 'catalog') =>
    CUSTOMERS.filter((key) => sideOf(key, capability, percent) === 'service');

  const checks: readonly Check[] = [
    {
      name: 'a customer who asks again is on the same side',
      async run() {
        const changed = SOME.filter((key) => {
          const sides = Array.from({ length: 10 }, () => sideOf(key, 'catalog', 25));
          return sides.some((side) => side !== sides[0]);
        });
        return complain(
          changed,
          'changed sides while asking ten times at 25 %: what they saw comes and goes',
        );
      },
    },
    {
      name: 'another gateway, or this one after a restart, decides alike',
      async run() {
        const elsewhere = askElsewhere(folder, SOME, 'catalog', 25);
        const changed = SOME.filter((key, index) => sideOf(key, 'catalog', 25) !== elsewhere[index]);
        return complain(changed, 'were on another side in another process, at 25 % in both');
      },
    },
    {
      name: 'raising the percentage takes nobody back to the monolith',
      run: async () =>
        STEPS.slice(1).flatMap((after, index) => {
          const before = STEPS[index] ?? 0;
          const stay = new Set(served(after));
          const back = served(before).filter((key) => !stay.has(key));
          return complain(back, `went back to the monolith as ${before} % became ${after} %`);
        }),
    },
    {
      name: 'of all customers, the share that was asked for is with the service',
      run: async () =>
        STEPS.flatMap((percent) => {
          const found = served(percent).length;
          return isShare(found, percent / 100)
            ? []
            : [`at ${percent} %, ${found} of ${CUSTOMERS.length} customers are with the service`];
        }),
    },
    {
      name: 'who goes first for one capability is not who does for the next',
      async run() {
        const inventory = new Set(served(20, 'inventory'));
        const both = served(20).filter((key) => inventory.has(key)).length;
        return isShare(both, 0.2 * 0.2)
          ? []
          : [
              `at 20 % each, ${both} of ${CUSTOMERS.length} customers are with both services; by chance it were 400`,
            ];
      },
    },
    {
      name: 'a bucket is a whole number from 0 to 9999',
      async run() {
        const buckets = CUSTOMERS.map((key) => bucketOf(key, 'catalog'));
        const wrong = buckets.find((bucket) => !Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS);
        return wrong === undefined ? [] : [`${wrong} is none`];
      },
    },
  ];
  return { checks, close: async () => undefined };
}

const isShare = (found: number, share: number): boolean =>
  Math.abs(found - CUSTOMERS.length * share) <= SIGMAS * Math.sqrt(CUSTOMERS.length * share * (1 - share));

/** Without a figure: where chance decides it is another one each time. */
const complain = (keys: readonly string[], what: string): readonly string[] =>
  keys.length === 0 ? [] : [`${keys.length > 9 ? 'many' : 'a few'} customers ${what}`];

function askElsewhere(
  folder: string,
  keys: readonly string[],
  capability: string,
  percent: number,
): readonly Side[] {
  const script = join(import.meta.dirname, 'elsewhere.ts');
  const answer = execFileSync(process.execPath, [script, folder, capability, String(percent)], {
    encoding: 'utf8',
    input: JSON.stringify(keys),
  });
  return JSON.parse(answer) as readonly Side[];
}
