// One measurement: a closed loop against a subject, with the CPU time that it took on every side.
import type { ClosedLoop } from './client/closed-loop.ts';
import type { LoopResult } from './client/loop.ts';
import type { Place } from './place.ts';
import { processTreeCpuSeconds } from './process-tree-cpu.ts';
import type { Subject } from './subjects.ts';

export interface Measurement {
  /** Good answers, and how many a second. */
  readonly requests: number;
  readonly throughput: number;
  readonly errors: number;
  /** The server's own processes, in milliseconds for each request. */
  readonly cpuMs: number;
  /** PostgreSQL's, likewise; undefined where the system does not tell. */
  readonly databaseCpuMs: number | undefined;
  /** The load client's, likewise. */
  readonly clientCpuMs: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** @param subjects one, or several processes among which the connections are dealt out. */
export const measure = (
  { client, postmaster }: Place,
  subjects: readonly Subject[],
  order: Omit<ClosedLoop, 'origins'>,
): Promise<Measurement> =>
  measureLoop(subjects, postmaster, () =>
    client.run({ ...order, origins: subjects.map(({ origin }) => origin) }),
  );

/** @param run makes the calls to these subjects. @param postmaster of the PostgreSQL that they ask, if they do. */
export async function measureLoop(
  subjects: readonly Pick<Subject, 'cpuSeconds'>[],
  postmaster: number | undefined,
  run: () => Promise<LoopResult>,
): Promise<Measurement> {
  const cpuOfAll = async () =>
    (await Promise.all(subjects.map((subject) => subject.cpuSeconds()))).reduce((sum, one) => sum + one, 0);
  const cpuOfDatabase = () => (postmaster === undefined ? undefined : processTreeCpuSeconds(postmaster));
  const [cpuBefore, databaseBefore] = [await cpuOfAll(), cpuOfDatabase()];
  const result = await run();
  const [cpuAfter, databaseAfter] = [await cpuOfAll(), cpuOfDatabase()];
  const each = (seconds: number) => (seconds * 1_000) / Math.max(1, result.requests);
  return {
    requests: result.requests,
    throughput: result.requests / result.seconds,
    errors: Object.values(result.errors).reduce((sum, count) => sum + count, 0),
    cpuMs: each(cpuAfter - cpuBefore),
    databaseCpuMs:
      databaseBefore === undefined || databaseAfter === undefined
        ? undefined
        : each(databaseAfter - databaseBefore),
    clientCpuMs: each(result.cpuSeconds),
    p50: result.p50,
    p99: result.p99,
  };
}
