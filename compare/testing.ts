// A comparison that nobody measured, for tests of how one is shown.
import { shapeFigures, type Comparison } from './figures.ts';
import type { Round } from './round.ts';
import { shapesOf } from './shapes.ts';

const latency = (p50: number) => ({ p50, p90: p50, p99: 10 * p50, p999: null, max: null });

export const roundOf = (figure: number, changes: Partial<Round> = {}): Round => ({
  startSeconds: figure,
  throughput: 100 * figure,
  latencyMs: { all: latency(figure), product: latency(figure), list: latency(figure) },
  servedByService: 0.5,
  cpuMs: { monolith: figure, PostgreSQL: 1 },
  memoryMiB: { monolith: 100 * figure, PostgreSQL: 50 },
  faults: [],
  doubts: [],
  ...changes,
});

export const shapes = shapesOf({
  front: { name: 'gateway', folder: 'strangler/gateway' },
  services: [
    { name: 'catalog', folder: 'extracted/catalog' },
    { name: 'switch', folder: 'strangler/switch' },
  ],
  capabilities: ['catalog'],
});

export const comparisonOf = (changes: Partial<Comparison> = {}): Comparison => ({
  command: 'npm run compare -- --html <file>',
  machine: {
    ...{ date: '2026-01-01 00:00', cpu: 'a & b', cores: 2, memory: 8, system: 'linux', node: '24' },
    ...{ postgres: '18', prisma: '7', express: '5', load: 0, commit: 'abc' },
  },
  loadAfter: 1,
  ...{ seconds: 5, rounds: 2, rate: 50, inFlight: 32, products: 100, seed: 1 },
  shapes: shapes.map((shape, index) =>
    shapeFigures(shape, 1_000, { monolith: 1, PostgreSQL: 1 }, [roundOf(index + 1), roundOf(index + 3)]),
  ),
  faults: [],
  doubts: [],
  ...changes,
});
