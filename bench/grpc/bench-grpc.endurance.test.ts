import { ListLinesResponse, PlaceLinesRequest } from '../../generated/protos/shop/testing/v1/bench.ts';
import { benchGrpc, type GrpcReport } from './bench-grpc.ts';
import { linesOf, ORDER_ID } from './handlers.ts';
import { toLine } from './messages.ts';
import { countGrpcErrors, formatGrpcReport } from './report.ts';
import { SECTIONS, sections, type SectionName } from './sections.ts';

/** What is tested is that everything is measured, not how fast it is. */
const size = { products: 250, seconds: 0.1, rounds: 2, warmUpSeconds: 0.01, disposable: true };
const DEADLINE_MS = 180_000;

let report: GrpcReport;
const steps: string[] = [];

beforeAll(async () => {
  report = await benchGrpc({ ...size, sections: SECTIONS, onStep: (step) => steps.push(step) });
}, DEADLINE_MS);

const cellOf = (name: SectionName, what: string, at: string) => {
  const section = report.sections.find((one) => one.name === name);
  const cell = section?.cells.find((one) => one.what === what && one.at === at);
  if (cell === undefined) throw new Error(`${name} has no ${what} at ${at}`);
  return cell;
};

test('every cell of every section is measured, and no call fails', () => {
  for (const name of SECTIONS) {
    for (const { what, at } of sections(size.products, [])[name].cells) {
      const { throughput, cpuMs, clientCpuMs, p50, p99, bytes } = cellOf(name, what, at);
      for (const figure of [throughput.median, cpuMs, clientCpuMs, p50, bytes.sent, bytes.received])
        expect(figure).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
  }
  expect(countGrpcErrors(report)).toBe(0);
});

test('whatever is compared is compared with a cell that is there', () => {
  for (const { cells } of Object.values(sections(size.products, []))) {
    for (const { what, against } of cells.filter((cell) => cell.against !== undefined))
      expect(cells.filter((cell) => cell.what === what && cell.at === against)).toHaveLength(1);
  }
});

test('the bytes of a gRPC call are its message and its frame, and little besides', () => {
  const answer = (count: number) => ListLinesResponse.encode({ lines: linesOf(count).map(toLine) }).finish();
  for (const [what, count] of [
    ['0.1 KB', 1],
    ['1 KB', 10],
    ['10 KB', 100],
  ] as const) {
    const { received } = cellOf('sizes', what, 'gRPC').bytes;
    expect(received).toBeGreaterThan(answer(count).length + GRPC_PREFIX);
    expect(received).toBeLessThan(answer(count).length + MOST_OVERHEAD);
  }
  const question = { orderId: ORDER_ID, lines: linesOf(100).map(toLine) };
  const sentMessage = PlaceLinesRequest.encode(question).finish().length;
  const { sent } = cellOf('validation', '10 KB sent', 'gRPC').bytes;
  expect(sent).toBeGreaterThan(sentMessage + GRPC_PREFIX);
  expect(sent).toBeLessThan(sentMessage + MOST_OVERHEAD);
});
const GRPC_PREFIX = 5;
/** Frames and headers, compressed. */
const MOST_OVERHEAD = 250;

test('the bytes of a REST call are its JSON, and its headers whole', () => {
  const json = (count: number) => JSON.stringify({ lines: linesOf(count) }).length;
  const bytes = [1, 1_000].map((count) => {
    const { received } = cellOf('sizes', count === 1 ? '0.1 KB' : '100 KB', 'Express').bytes;
    return received - json(count);
  });
  // Content-Length has three digits, or six.
  expect(bytes[1]).toBe((bytes[0] ?? 0) + 3);
});

test('each traced call is two spans of gRPC, and one of Express', () => {
  expect(report.spans.map(({ pair }) => pair)).toEqual(['grpcTraced', 'expressTraced']);
  const [grpc, express] = report.spans;
  expect(grpc?.arrived).toBe(2 * (grpc?.calls ?? NaN));
  expect(express?.arrived).toBe(express?.calls);
});

test('the report names its machine, every cell, and what it is compared with', () => {
  const text = formatGrpcReport(report);
  expect(text).toContain(report.machine.cpu);
  for (const { title, against, cells } of report.sections) {
    expect(text).toContain(`| ${title} `);
    expect(text).toContain(` ${against} `);
    for (const { what, at } of cells) expect(text).toMatch(new RegExp(`^\\| ${what} +\\| ${at} `, 'm'));
  }
});

test('it tells what it is doing', () => {
  expect(steps).toEqual(expect.arrayContaining(['layers, starting processes', 'tracing, round 2 of 2']));
});

test('a run that is interrupted leaves no process behind', async () => {
  const interruption = new AbortController();
  const run = benchGrpc({
    ...{ ...size, sections: ['list'], signal: interruption.signal },
    onStep: (step) => step.includes('round') && interruption.abort(),
  });
  await expect(run).rejects.toThrow('interrupted');
  expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
});
