import { benchMonolith, type BenchReport } from './bench-monolith.ts';
import { SHAPES } from './process-figures.ts';
import { formatReport } from './report.ts';
import { ROUTES } from './routes.ts';
import { SUBJECTS } from './subjects.ts';

/** What is tested is that everything is measured, not how fast it is: so nothing is warmed up for long. */
const size = {
  products: 300,
  largeProducts: 600,
  seconds: 0.05,
  rounds: 1,
  connections: 2,
  warmUpRequests: 0,
  disposable: true,
};
const DEADLINE_MS = 180_000;

let report: BenchReport;
const steps: string[] = [];

beforeAll(async () => {
  report = await benchMonolith({
    ...size,
    parts: [...ROUTES, 'processes', 'growth'],
    onStep: (step) => steps.push(step),
  });
}, DEADLINE_MS);

test('every route is measured at every subject, and nothing fails', () => {
  expect(report.routes.map(({ route }) => route)).toEqual(ROUTES);
  for (const { subjects } of report.routes) {
    for (const name of SUBJECTS) {
      const { errors, throughput, cpuMs, p50, p99 } = subjects[name];
      expect(errors).toBe(0);
      for (const figure of [throughput.median, cpuMs, p50]) expect(figure).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
  }
});

test('with one round the ratio is that of the two throughputs', () => {
  for (const { ratio, subjects } of report.routes) {
    const { monolith, baseline } = subjects;
    expect(ratio.median).toBeCloseTo(monolith.throughput.median / baseline.throughput.median);
  }
});

test('one process, two, and a cluster answer the same mix without an error', () => {
  for (const shape of SHAPES) {
    const figures = report.processes?.shapes[shape];
    expect(figures?.errors).toBe(0);
    expect(figures?.throughput.median).toBeGreaterThan(0);
    // The system counts a cluster's in hundredths of a second, so that of a short run may be none; unknown, it is NaN.
    expect(figures?.cpuMs).toBeGreaterThanOrEqual(0);
  }
  expect(report.processes?.ratios.two.median).toBeGreaterThan(0);
  expect(report.processes?.ratios.cluster.median).toBeGreaterThan(0);
});

test('growth compares every read in both shops', () => {
  expect(report.growth).toMatchObject({ products: 300, largeProducts: 600 });
  expect(report.growth?.routes).toHaveLength(ROUTES.length - 1);
  for (const { ratio, errors } of report.growth?.routes ?? []) {
    expect(errors).toBe(0);
    expect(ratio.median).toBeGreaterThan(0);
  }
});

test('the report names its machine, every route, and whether its bar was met', () => {
  const text = formatReport(report);
  expect(text).toContain(report.machine.cpu);
  for (const route of ROUTES) expect(text).toMatch(new RegExp(`^\\| ${route} .*\\| (met|MISSED) `, 'm'));
});

test('it tells what it is doing', () => {
  expect(steps[0]).toBe('seeding 300 products');
  expect(steps).toContain('checkout, round 1 of 1');
});

test('a run that is interrupted leaves no process behind', async () => {
  const interruption = new AbortController();
  const run = benchMonolith({
    ...size,
    parts: ['by-id'],
    signal: interruption.signal,
    onStep: (step) => step.includes('round') && interruption.abort(),
  });
  await expect(run).rejects.toThrow('interrupted');
});
