import { existsSync } from 'node:fs';
import { benchReplication, countReplicationErrors, type ReplicationReport } from './bench-replication.ts';
import { formatReplicationReport } from './report.ts';
import { ROLE_NAMES } from './roles.ts';

const size = {
  products: 2_000,
  copies: 2,
  rounds: 2,
  seconds: 0.6,
  warmUpSeconds: 0.2,
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
  const { copy, backlog, lag } = report;
  for (const { median } of [copy.replication, copy.pipe, copy.ratio, backlog])
    expect(median).toBeGreaterThan(0);
  expect(lag.p50).toBeGreaterThan(0);
  expect(lag.p99).toBeGreaterThanOrEqual(lag.p50);
  expect(lag.samples).toBeGreaterThan(2);
});

test("the monolith's own writers and bare statements are measured, alone and replicated", () => {
  expect(report.writers.map(({ kind, bar }) => ({ kind, bar }))).toEqual([
    { kind: 'PATCH', bar: 0.15 },
    { kind: 'UPDATE', bar: null },
  ]);
  for (const { alone, replicated, cost } of report.writers) {
    for (const { throughput, p50, errors } of [alone, replicated]) {
      expect(throughput.median).toBeGreaterThan(0);
      expect(p50).toBeGreaterThan(0);
      expect(errors).toBe(0);
    }
    expect(cost.median).toBeLessThan(1);
  }
  expect(countReplicationErrors(report)).toBe(0);
});

test('the CPU time of a write is told by role: whoever replicates works for nobody that is cut off', () => {
  if (!existsSync('/proc/self/stat')) {
    expect(report.writers.flatMap(({ alone, replicated }) => [alone.cpu, replicated.cpu])).toEqual(
      Array(4).fill(null),
    );
    return;
  }
  for (const { alone, replicated } of report.writers) {
    for (const role of ['sender', 'applyBack', 'apply', 'senderBack'] as const)
      expect(alone.cpu?.[role]).toBe(0);
    expect(Object.keys(replicated.cpu ?? {})).toEqual(ROLE_NAMES);
  }
  expect(report.writers[0]?.alone.cpu?.process).toBeGreaterThan(0);
});

test('what the fence costs is measured for both kinds of statements, with the fence up and taken down', () => {
  expect(report.fence.map(({ kind, bar }) => ({ kind, bar }))).toEqual([
    { kind: 'UPDATE', bar: 0.1 },
    { kind: 'INSERT', bar: 0.1 },
  ]);
  for (const { bare, fenced, cost } of report.fence) {
    for (const { throughput } of [bare, fenced]) expect(throughput).toBeGreaterThan(0);
    // One in front of local writes, two in front of replicated ones.
    expect([bare.triggers, fenced.triggers]).toEqual([0, 3]);
    expect(cost.median).toBeLessThan(1);
    expect(cost.min).toBeLessThanOrEqual(cost.median);
    expect(cost.max).toBeGreaterThanOrEqual(cost.median);
  }
});

test('the report names its machine, both ways of copying, and whether the bars were met', () => {
  const text = formatReplicationReport(report);
  expect(text).toContain(report.machine.cpu);
  expect(text).toMatch(/^\| replication .* (met|MISSED) *\|$/m);
  expect(text).toMatch(/^\| the monolith's own: PATCH +\| replicated .* ≤ 0.15 \| (met|MISSED) *\|$/m);
  expect(text).toMatch(/^\| the worst case: bare UPDATE +\| replicated .* none +\| +\|$/m);
  expect(text).toMatch(/^\| lag under bare UPDATEs/m);
  expect(text).toMatch(/^- bare UPDATE: the fence costs \S+ % \(.+\) .* ≤ 10 %, was (met|MISSED)\.$/m);
  expect(text).toMatch(/^- bare INSERT: the fence costs \S+ % \(.+\) .* ≤ 10 %, was (met|MISSED)\.$/m);
});

test('where the system tells no CPU time, its tables are left out', () => {
  const silent = report.writers.map((figures) => ({
    ...figures,
    alone: { ...figures.alone, cpu: null },
    replicated: { ...figures.replicated, cpu: null },
  }));
  expect(formatReplicationReport(report).includes('CPU of one PATCH')).toBe(existsSync('/proc/self/stat'));
  expect(formatReplicationReport({ ...report, writers: silent })).not.toContain('CPU');
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
