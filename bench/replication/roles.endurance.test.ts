import { existsSync } from 'node:fs';
import { createLogger } from '#platform/logger.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { FORWARD } from '../../strangler/ownership/replica.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import { openGround, type Ground } from './ground.ts';
import { cpuBetween, readCpu, type CpuReading } from './roles.ts';
import { catchUp, connect, cutOff, setStream } from './stream.ts';

const shutdown = createShutdown(createLogger({ name: 'test', level: 'error', format: 'json' }));
const isTold = existsSync('/proc/self/stat');
/** Nothing where the system tells nothing. */
const whereTold = (roles: readonly string[]) => (isTold ? roles : []);
const REPLICATES = ['apply', 'applyBack', 'sender', 'senderBack'];
let ground: Ground;

beforeAll(async () => {
  ground = await openGround(shutdown, 100, true);
  await replicate(ground);
});
afterAll(() => shutdown.stop());

async function roles(): Promise<readonly string[]> {
  const reading = await readCpu(ground);
  return [...(reading?.named.values() ?? [])].map(({ role }) => role);
}

test('each process of both streams is found in its role, and none of a stream that is cut off', async () => {
  const found = async () => (await roles()).filter((role) => REPLICATES.includes(role)).toSorted();
  await connect(ground);
  expect(await found()).toEqual(whereTold(REPLICATES));
  await setStream(ground, FORWARD, false);
  expect(await found()).toEqual(whereTold(['applyBack', 'senderBack']));
  await cutOff(ground);
  expect(await found()).toEqual([]);
});

test('who watches is no writer: what is asked of the service is not counted as a backend', async () => {
  await connect(ground);
  await catchUp(ground);
  const found = await roles();
  expect(found).toEqual(expect.arrayContaining(whereTold(['watcher', 'backends'])));
});

test('a process that began between two readings counts from its beginning, and what is known of nobody is the rest', () => {
  const reading = (process: number, postgres: number, named: [number, 'backends' | 'watcher', number][]) =>
    ({
      process,
      postgres,
      named: new Map(named.map(([pid, role, seconds]) => [pid, { role, seconds }])),
    }) satisfies CpuReading;
  const before = reading(1, 10, [
    [1, 'backends', 3],
    [2, 'watcher', 1],
  ]);
  const after = reading(3, 17, [
    [1, 'backends', 5],
    [3, 'backends', 1],
    [2, 'watcher', 2],
  ]);
  expect(cpuBetween(before, after, 0.5)).toEqual({
    process: 2,
    backends: 3,
    sender: 0,
    applyBack: 0,
    apply: 0,
    senderBack: 0,
    rest: 3,
    client: 0.5,
  });
});
