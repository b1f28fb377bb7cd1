// One measurement: a closed loop against a subject, with the CPU time that it took on every side.
import type { ClosedLoop } from './client/closed-loop.ts';
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
export async function measure(
  { client, postmaster }: Place,
  subjects: readonly Subject[],
  order: Omit<ClosedLoop, 'origins'>,
): Promise<Measurement> {
  const cpuOfAll = async () =>
    (await Promise.all(subjects.map((subject) => subject.cpuSeconds()))).reduce((sum, one) => sum + one, 0);
  const [cpuBefore, databaseBefore] = [await cpuOfAll(), processTreeCpuSeconds(postmaster)];
  const result = await client.run({ ...order, origins: subjects.map(({ origin }) => origin) });
  const [cpuAfter, databaseAfter] = [await cpuOfAll(), processTreeCpuSeconds(postmaster)];
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
