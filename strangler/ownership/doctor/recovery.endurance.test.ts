// Every point of the recovery table of docs/ownership.md at which the tests kill: what the doctor says there.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { replicate } from '../replicate.ts';
import { stop } from '../stop.ts';
import { createPair, fill, until, type Pair } from '../testing.ts';
import { diagnose } from './diagnose.ts';
import type { State } from './finding.ts';
import { gatherFacts } from './facts.ts';
import { treat } from './treat.ts';

const folder = join(import.meta.dirname, '..');
const failpoints = readdirSync(folder)
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/\bfailpoint\(\s*'([^']+)'\s*\)/g),
  ])
  .map(([, name = '']) => name);

/** A copy goes on by itself, and the right travels by itself: by then either may have arrived. */
const NOTHING_OR = (...states: State[]): readonly (State | undefined)[] => [undefined, ...states];
const EXPECTED: Readonly<Record<string, readonly (State | undefined)[]>> = {
  'replicate.begin': [undefined],
  'replicate.reverse-subscription': ['incomplete', 'not copied', 'stream disabled'],
  'replicate.subscribed': NOTHING_OR('incomplete', 'not copied'),
  'replicate.copying': NOTHING_OR('incomplete', 'not copied'),
  'replicate.copied': [undefined],
  'move.begin': [undefined],
  'move.checked': [undefined],
  'move.drained': ['drained'],
  'move.confirmed': ['drained'],
  'move.granted': NOTHING_OR('granted'),
  'move.activated': [undefined],
};
/** Everything else that replicate and stop leave in the middle. */
const expectedOf = (failpoint: string) => EXPECTED[failpoint] ?? ['incomplete', 'stop not ended'];

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
beforeEach(() => fill(pair, 30));
afterEach(() => pair.renew());
afterAll(() => pair.drop());

async function runUntilKilled(verb: string, failpoint: string): Promise<void> {
  const { capability, schema, urls } = pair;
  const [script, word] = verb === 'move' ? ['testing-mover.ts', 'service'] : ['testing-coordinator.ts', verb];
  const child = fork(join(folder, script), [word, JSON.stringify({ capability, schema, urls })], {
    env: childEnvironment({ SHOP_FAILPOINT: failpoint }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

test.each(failpoints.filter((name) => /^(replicate|stop|move)\./.test(name) && name !== 'move.aborted'))(
  'after a kill at %s the doctor says what the table says',
  async (failpoint) => {
    const verb = failpoint.split('.')[0] ?? '';
    if (verb !== 'replicate') await replicate(pair);
    await runUntilKilled(verb, failpoint);
    const findings = diagnose(await gatherFacts(pair));
    expect(expectedOf(failpoint)).toContain(findings[0]?.state);
    // Whatever it says, following it ends well.
    await treat(pair, findings);
    const left = diagnose(await gatherFacts(pair));
    if (left.some(({ advice }) => advice.includes('replicate'))) await replicate(pair);
    else if (left.some(({ state }) => state === 'stop not ended')) await stop(pair);
    await until(async () => diagnose(await gatherFacts(pair)).length === 0);
  },
);
