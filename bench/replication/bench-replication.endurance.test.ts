import { benchReplication, type ReplicationReport } from './bench-replication.ts';
import { formatReplicationReport } from './report.ts';

const size = {
  products: 2_000,
  copies: 2,
  rounds: 2,
  seconds: 0.6,
  writers: 2,
  backlog: 200,
  disposable: true,
};
const steps: string[] = [];
let report: ReplicationReport;

beforeAll(async () => {
  report = await benchReplication({ ...size, onStep: (step) => steps.push(step) });
});

test('every figure is measured', () => {
  const { copy, writers, backlog, lag } = report;
  for (const { median } of [
    copy.replication,
    copy.pipe,
    copy.ratio,
    writers.alone,
    writers.replicated,
    backlog,
  ])
    expect(median).toBeGreaterThan(0);
  expect(lag.p50).toBeGreaterThan(0);
  expect(lag.p99).toBeGreaterThanOrEqual(lag.p50);
  expect(lag.samples).toBeGreaterThan(2);
});

test('the report names its machine, both ways of copying, and whether the bars were met', () => {
  const text = formatReplicationReport(report);
  expect(text).toContain(report.machine.cpu);
  expect(text).toMatch(/^\| replication .* (met|MISSED) *\|$/m);
  expect(text).toMatch(/^\| replicated .* (met|MISSED) *\|$/m);
  expect(text).toMatch(/^\| lag under these writes/m);
});

test('it tells what it is doing', () => {
  expect(steps).toEqual(expect.arrayContaining(['writing 2000 products', 'first copy, round 2 of 2']));
});

test('a run that is interrupted leaves no server behind', async () => {
  const interruption = new AbortController();
  const onStep = (step: string) => void (step.startsWith('first copy') && interruption.abort());
  await expect(benchReplication({ ...size, signal: interruption.signal, onStep })).rejects.toThrow(
    'interrupted',
  );
});
