// A closed loop around any call: so many at once, each made again when it is answered, and what that took.
import { build } from 'hdr-histogram-js';

export interface LoopOptions {
  /** How many calls are under way at once. */
  readonly parallel: number;
  readonly seconds: number;
  /** At most; without it, as many as the time allows. */
  readonly calls?: number;
}

export interface LoopResult {
  /** Good answers. */
  readonly requests: number;
  /** Other answers, and those that never came, by status (or by the error's code). */
  readonly errors: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of good answers, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of this process, user and system. */
  readonly cpuSeconds: number;
}

/**
 * @param call makes one; the name of what went wrong, or undefined for a good answer.
 *   `worker` counts those at once, `index` all of them, both from 0.
 */
export async function runLoop(
  { parallel, seconds, calls = Infinity }: LoopOptions,
  call: (worker: number, index: number) => Promise<string | number | undefined>,
): Promise<LoopResult> {
  const latencies = build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
  const errors: Record<string, number> = {};
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  let next = 0;

  async function work(worker: number): Promise<void> {
    while (performance.now() < end && next < calls) {
      const sent = performance.now();
      const failure = await call(worker, next++);
      if (failure === undefined) latencies.recordValue(Math.max(1, (performance.now() - sent) * 1_000));
      else errors[failure] = (errors[failure] ?? 0) + 1;
    }
  }

  await Promise.all(Array.from({ length: parallel }, (_, worker) => work(worker)));
  const { user, system } = process.cpuUsage(cpu);
  return {
    requests: latencies.totalCount,
    errors,
    seconds: (performance.now() - begin) / 1_000,
    p50: latencies.getValueAtPercentile(50),
    p99: latencies.getValueAtPercentile(99),
    cpuSeconds: (user + system) / 1e6,
  };
}
