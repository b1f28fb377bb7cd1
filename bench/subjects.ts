// What is measured: the monolith's real process, and the baseline's two, on the same database.
import type { Place, SeededShop } from './place.ts';
import { processTreeCpuSeconds } from './process-tree-cpu.ts';

/** `baseline`: the same middleware and hand-written SQL. `bare`: that SQL behind nothing but Express. */
export const SUBJECTS = ['monolith', 'baseline', 'bare'] as const;
export type SubjectName = (typeof SUBJECTS)[number];

export interface Subject {
  readonly origin: string;
  readonly pid: number;
  /** So far, user and system; NaN where the system does not tell. */
  cpuSeconds(): Promise<number>;
}

export const startMonolith = (place: Place, shop: SeededShop) => start(place, shop, 'monolith/main.ts');

/** The monolith on all cores behind one port. Its metrics are those of any one worker, so the system tells the CPU time. */
export async function startCluster(place: Place, shop: SeededShop): Promise<Subject> {
  const { port, pid } = await place.start('bench/cluster.ts', shop);
  return {
    origin: `http://127.0.0.1:${port}`,
    pid,
    cpuSeconds: async () => processTreeCpuSeconds(pid) ?? NaN,
  };
}

export async function startSubjects(
  place: Place,
  shop: SeededShop,
): Promise<Readonly<Record<SubjectName, Subject>>> {
  const [monolith, baseline, bare] = await Promise.all([
    startMonolith(place, shop),
    start(place, shop, 'bench/baseline/main.ts'),
    start(place, shop, 'bench/baseline/main.ts', { BENCH_BARE: 'yes' }),
  ]);
  return { monolith, baseline, bare };
}

async function start(
  place: Place,
  shop: SeededShop,
  script: string,
  settings?: Readonly<Record<string, string>>,
): Promise<Subject> {
  const { port, pid } = await place.start(script, shop, settings);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    pid,
    // By the metrics that each of them serves: works on every platform, and counts every thread.
    async cpuSeconds() {
      // On a connection of its own: one that idled through a measurement may be closed just as it is used again.
      const text = await (await fetch(`${origin}/metrics`, { headers: { connection: 'close' } })).text();
      const value = /^process_cpu_seconds_total(?:\{.*\})? (.+)$/m.exec(text)?.[1];
      if (value === undefined) throw new Error(`${origin}/metrics does not tell the CPU time`);
      return Number(value);
    },
  };
}
