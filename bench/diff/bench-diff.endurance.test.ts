import { createLogger } from '#platform/logger.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { benchDiff } from './bench-diff.ts';

test('a small bench of the diff goes from end to end, and finds both sides equal', async () => {
  const shutdown = createShutdown(createLogger({ name: 'bench', level: 'error', format: 'json' }));
  try {
    const { rows, bytes, read, diff, ratio } = await benchDiff(
      { products: 2_000, rounds: 2, disposable: true, onStep: () => undefined },
      shutdown,
    );
    expect(rows).toBeGreaterThan(2_000);
    expect(bytes).toBeGreaterThan(100_000);
    for (const { low, median, high } of [read, diff, ratio]) {
      expect(low).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(median);
    }
  } finally {
    await shutdown.stop();
  }
});
